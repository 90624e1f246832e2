"""The first page of a backup: what is in it, with hashes, and a seal over the page itself."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from crm.backup.errors import BackupError
from crm.backup.fingerprint import Fingerprint, TableMark
from crm.backup.media import file_hash

FORMAT = 1
NAME = "manifest.json"
DUMP, MEDIA, LISTING = "database.dump", "media.tar", "media.sha256"
FILES = (DUMP, MEDIA, LISTING)


@dataclass(frozen=True)
class Manifest:
    created_at: str
    postgres: int
    tables: Fingerprint
    migrations: list[list[str]]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    media_files: int = 0
    key_check: str = ""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(mark.rows for mark in self.tables.values())

    @property
    def bytes(self) -> int:
        return sum(int(file["bytes"]) for file in self.files.values())

    def summary(self) -> dict[str, Any]:
        return {
            "created_at": self.created_at,
            "tables": len(self.tables),
            "rows": self.rows,
            "files": self.media_files,
            "bytes": self.bytes,
        }

    def sentence(self) -> str:
        counts = f"{len(self.tables)} tables, {self.rows:,} rows and {self.media_files:,} files"
        return f"{counts} as of {self.created_at}, {self.bytes / 1e6:,.1f} MB."


def key_check() -> str:
    """Tells whether two programs have the same SECRET_KEY, and nothing else about it."""
    return hmac.new(settings.SECRET_KEY.encode(), b"tenure backup", hashlib.sha256).hexdigest()[:16]


def described_files(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        name: {"bytes": (folder / name).stat().st_size, "sha256": file_hash(folder / name)} for name in FILES
    }


def seal(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    document = asdict(manifest)
    (folder / NAME).write_text(json.dumps(document | {"seal": seal(document)}, indent=1))


def read_manifest(folder: Path) -> Manifest:
    """Raises BackupError for a folder that is no backup of ours, or whose first page was changed."""
    try:
        document = json.loads((folder / NAME).read_text())
    except FileNotFoundError:
        raise BackupError(
            f"{folder} holds no {NAME}: it is no backup, or one that was not finished."
        ) from None
    except (ValueError, OSError) as fault:
        raise BackupError(f"{folder / NAME} cannot be read: the backup is damaged.") from fault
    if not isinstance(document, dict) or document.pop("seal", "") != seal(document):
        raise BackupError(f"{folder / NAME} was changed after it was written: the backup is damaged.")
    if document["format"] != FORMAT:
        raise BackupError("The backup was made by a newer version of Tenure: restore it with that version.")
    tables = {name: TableMark(**mark) for name, mark in document.pop("tables").items()}
    return Manifest(tables=tables, **document)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Every file is there, as long as it was, and holds what it held."""
    for name, wanted in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"{name} is missing in {folder}: the backup is damaged.")
        if path.stat().st_size != wanted["bytes"]:
            raise BackupError(
                f"{name} is {path.stat().st_size:,} bytes long instead of {wanted['bytes']:,}: the backup is damaged."
            )
        if file_hash(path) != wanted["sha256"]:
            raise BackupError(f"{name} was changed after it was written: the backup is damaged.")
