"""The XML of WebDAV: questions as text, answers as plain rows. What comes in is never trusted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from contacts.caldav.errors import CalendarProblem

SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
DAV, CAL, CS = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass
class Row:
    """One resource of an answer: its address, and the properties that were found."""

    href: str
    status: int = 200
    props: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        found = self.props.get(name)
        return (found.text or "").strip() if found is not None else ""

    def href_in(self, name: str) -> str:
        found = self.props.get(name)
        inner = found.find(f"{DAV}href") if found is not None else None
        return (inner.text or "").strip() if inner is not None else ""

    def has(self, name: str, inner: str) -> bool:
        found = self.props.get(name)
        return found is not None and found.find(inner) is not None


@dataclass
class Answered:
    rows: list[Row]
    sync_token: str = ""


def propfind(*names: str) -> bytes:
    asked = "".join(f"<{name}/>" for name in names)
    return f"{HEAD}<d:propfind {SPACES}><d:prop>{asked}</d:prop></d:propfind>".encode()


def sync_report(token: str) -> bytes:
    return (
        f"{HEAD}<d:sync-collection {SPACES}><d:sync-token>{escape(token)}</d:sync-token>"
        "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
    ).encode()


def multiget(hrefs: Iterable[str]) -> bytes:
    asked = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    return (
        f"{HEAD}<c:calendar-multiget {SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>"
        f"{asked}</c:calendar-multiget>"
    ).encode()


def read(body: bytes, base: str) -> Answered:
    """The rows of a multistatus; addresses are whole. Raises CalendarProblem for what is none."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as fault:
        raise CalendarProblem(_("What came back is no answer of a calendar server.")) from fault
    if root.tag != f"{DAV}multistatus":
        raise CalendarProblem(_("What came back is no answer of a calendar server."))
    token = root.findtext(f"{DAV}sync-token") or ""
    return Answered(list(rows(root, base)), token.strip())


def rows(root: Any, base: str) -> Iterator[Row]:
    for answer in root.findall(f"{DAV}response"):
        href = (answer.findtext(f"{DAV}href") or "").strip()
        if not href:
            continue
        row = Row(whole(base, href), status_of(answer.findtext(f"{DAV}status")))
        for part in answer.findall(f"{DAV}propstat"):
            if status_of(part.findtext(f"{DAV}status")) == 200:
                row.props |= {prop.tag: prop for props in part.findall(f"{DAV}prop") for prop in props}
        yield row


def whole(base: str, href: str) -> str:
    """Always spelt in the same way, however the server escapes it."""
    try:
        parts = urlsplit(urljoin(base, href))
    except ValueError as fault:
        raise CalendarProblem(_("What came back is no answer of a calendar server.")) from fault
    if "%2f" in parts.path.lower():
        return parts.geturl()
    return parts._replace(path=quote(unquote(parts.path), safe="/:@!$&'()*+,;=~")).geturl()


def path_of(url: str) -> str:
    """As a question names a resource."""
    return urlsplit(url).path


def status_of(line: str | None) -> int:
    """HTTP/1.1 404 Not Found -> 404; nothing said is fine."""
    parts = (line or "").split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 200
