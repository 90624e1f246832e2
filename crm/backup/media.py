"""Uploads in a backup: one tar, and a list of their hashes that `sha256sum --check` understands."""

import hashlib
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from crm.backup.errors import BackupError

BLOCK = 1 << 20
#: folders of unfinished restores
HIDDEN = ".restore-"


class HashingReader:
    """Hands a file on to tarfile and hashes it on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.sha256.update(block)
        return block


def files_below(root: Path) -> Iterator[str]:
    """Relative names of all files, in a fixed order; links are not followed."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(HIDDEN))
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def media_pack(root: Path, archive: Path, listing: Path) -> int:
    """Write the archive and the list; return how many files are in them."""
    count = 0
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar, listing.open("w") as lines:
        for name in files_below(root):
            if "\n" in name or "\\" in name:
                raise BackupError(
                    f"The file {name!r} in MEDIA_ROOT has a name that is not ours: take it away."
                )
            try:
                file = (root / name).open("rb")
            except FileNotFoundError:
                continue  # removed since it was listed, after the moment that the database was frozen at
            with file:
                info = tar.gettarinfo(arcname=name, fileobj=file)
                reader = HashingReader(file)
                tar.addfile(info, reader)
            lines.write(f"{reader.sha256.hexdigest()}  {name}\n")
            count += 1
    return count


def read_listing(listing: Path) -> dict[str, str]:
    """{name: hash}."""
    found = {}
    for line in listing.read_text().splitlines():
        digest, _gap, name = line.partition("  ")
        found[name] = digest
    return found


def media_check(archive: Path, listing: Path, unpack_to: Path | None = None) -> int:
    """Hash every file of the archive, and write it below `unpack_to` if given. Raises BackupError at a difference."""
    wanted = read_listing(listing)
    with tarfile.open(archive, "r:") as tar:
        for member in tar:
            name = safe_name(member)
            if wanted.pop(name, "") != hash_member(tar, member, unpack_to / name if unpack_to else None):
                raise BackupError(f"The file {name} in the backup differs from what was backed up.")
    if wanted:
        raise BackupError(
            f"{len(wanted)} files of the list are missing in the archive, {next(iter(wanted))} first."
        )
    return len(read_listing(listing))


def safe_name(member: tarfile.TarInfo) -> str:
    path = PurePosixPath(member.name)
    if not member.isreg() or path.is_absolute() or ".." in path.parts:
        raise BackupError(f"The archive holds {member.name!r}, which no backup of ours does.")
    return path.as_posix()


def hash_member(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path | None) -> str:
    source = tar.extractfile(member)
    if source is None:
        raise BackupError(f"The archive holds {member.name!r}, which no backup of ours does.")
    reader = HashingReader(source)
    if target is None:
        while reader.read(BLOCK):
            pass
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            while block := reader.read(BLOCK):
                file.write(block)
    return reader.sha256.hexdigest()


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
