"""Reading the key of a form that was sent, and the digest of its content."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest

FIELD = "submission"
LONGEST = 56  # leaves room for the number of a part in the column of 64
# not typed by anybody: they differ between two sendings of the same form
IGNORED = {FIELD, "csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Sent:
    """`key` is empty for a form that came without one: it makes a record each time."""

    key: str
    digest: str

    def part(self, place: int) -> "Sent":
        """One of several records that the same form makes."""
        return Sent(f"{self.key}.{place}" if self.key else "", self.digest)


def new_key() -> str:
    return secrets.token_urlsafe(24)


def sent_form(request: HttpRequest) -> Sent:
    key = request.POST.get(FIELD, "")[:LONGEST].replace("\0", "")
    return Sent(key, digest(request) if key else "")


def digest(request: HttpRequest) -> str:
    """Of the address and everything typed or uploaded, each part with its length, so that none runs into the next."""
    found = hashlib.sha256()
    for part in parts(request):
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.hexdigest()


def parts(request: HttpRequest) -> Iterator[bytes]:
    yield request.path.encode()
    for name in sorted(set(request.POST) - IGNORED):
        values = request.POST.getlist(name)
        yield from (text.encode(errors="surrogatepass") for text in (name, str(len(values)), *values))
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            yield from (name.encode(), str(upload.name).encode(errors="surrogatepass"))
            yield from upload.chunks()
            upload.seek(0)
