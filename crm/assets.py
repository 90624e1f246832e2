"""Built assets: the address carries the content's hash, so a browser may keep a file for as long as it likes."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class AssetStorage(StaticFilesStorage):
    """`/static/app.js?v=1a2b3c4d`; in DEBUG without the hash, since files change under way."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = "" if settings.DEBUG or not name else content_hash(name)
        return f"{address}?v={version}" if version else address


@cache
def content_hash(name: str) -> str:
    """The hash of the file as collected, else as found; empty for a file that was not built."""
    collected = Path(settings.STATIC_ROOT or "", *name.split("/"))
    found = collected if settings.STATIC_ROOT and collected.is_file() else finders.find(name)
    return blake2b(Path(found).read_bytes(), digest_size=6).hexdigest() if found else ""
