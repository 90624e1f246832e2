"""One calendar server and whom we sign in as. Each question goes the guarded way out (crm.outgoing), and the password
only to the server that its owner named.
"""

import base64
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.caldav import xml
from contacts.caldav.errors import CalendarProblem, ChangedThere, NotThere, RefusedThere, WrongPassword
from contacts.caldav.xml import CAL, DAV, Answered, Row
from crm.outgoing import LONGEST_URL, OutgoingFailed, OutgoingRefused, Reply, ask

SECONDS = 30
MOST_BYTES = 20 * 2**20
AT_ONCE = 50
MOST_STEPS = 5
LONGEST_HREF, LONGEST_ETAG = 1_000, 500
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
ASKED = (
    "d:resourcetype", "d:displayname", "d:current-user-principal", "c:calendar-home-set", "s:getctag",
    "d:sync-token", "c:supported-calendar-component-set",
)  # fmt: skip


@dataclass(frozen=True)
class FoundCalendar:
    url: str
    name: str


@dataclass(frozen=True)
class Resource:
    """One event as the server has it."""

    href: str
    etag: str
    content: str


@dataclass(frozen=True)
class Changes:
    """`changed` are addresses with their etags; `is_whole` says that what is not among them is gone."""

    changed: dict[str, str]
    gone: list[str]
    token: str
    is_whole: bool


class Client:
    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        pair = f"{username}:{password}".encode()
        self.sign_in = f"Basic {base64.b64encode(pair).decode()}"

    # --- asking --------------------------------------------------------------------------------------------------

    def ask(self, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Reply:
        """The server's answer, along redirects on the same site. Raises CalendarProblem."""
        for _step in range(MOST_STEPS):
            self.check(url)
            sent = {"Authorization": self.sign_in, **(headers or {})}
            try:
                reply = ask(method, url, body, sent, most_bytes=MOST_BYTES, seconds=SECONDS)
            except OutgoingRefused as fault:
                raise CalendarProblem(str(fault)) from fault
            except OutgoingFailed as fault:
                raise CalendarProblem(_("The server was not reached: %s") % in_words(fault)) from fault
            if reply.status not in (301, 302, 303, 307, 308):
                return good(reply)
            url = xml.whole(url, reply.headers.get("location", ""))
        raise CalendarProblem(_("The server sends from one address to the next without end."))

    def check(self, url: str) -> None:
        """The password leaves encrypted, and to the server's own site alone."""
        named, asked = urlsplit(self.url), urlsplit(url)
        is_here = settings.OUTGOING_LOOPBACK and asked.hostname in LOOPBACK
        if asked.scheme != "https" and not is_here:
            raise CalendarProblem(
                _("Without encryption the password could be read on the way: use https://.")
            )
        if not is_same_site(named, asked):
            raise CalendarProblem(
                _("%(server)s sends us to %(other)s: connect that server itself, if you trust it.")
                % {"server": named.hostname, "other": asked.hostname}
            )

    def multistatus(self, method: str, url: str, body: bytes, depth: str) -> Answered:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        reply = self.ask(method, url, body, headers)
        if reply.status == HTTPStatus.NOT_FOUND:
            raise NotThere
        if reply.status != HTTPStatus.MULTI_STATUS:
            raise CalendarProblem(_("This is no calendar server: it answers with %d.") % reply.status)
        return xml.read(reply.body, url)

    # --- what there is -------------------------------------------------------------------------------------------

    def calendars(self) -> list[FoundCalendar]:
        """From a calendar, a principal or any page of the server (RFC 6764) to the calendars."""
        row = self.first_row()
        if row.has(f"{DAV}resourcetype", f"{CAL}calendar"):
            return [found(row)]
        home = row.href_in(f"{CAL}calendar-home-set")
        principal = row.href_in(f"{DAV}current-user-principal")
        if not home and principal:
            home = self.props(xml.whole(row.href, principal)).href_in(f"{CAL}calendar-home-set")
        if not home:
            raise CalendarProblem(_("There are no calendars at this address."))
        body = xml.propfind(*ASKED)
        answered = self.multistatus("PROPFIND", xml.whole(row.href, home), body, "1")
        return [found(one) for one in answered.rows if takes_events(one) and len(one.href) < LONGEST_URL - 60]

    def first_row(self) -> Row:
        try:
            row = self.props(self.url)
        except WrongPassword:
            raise
        except CalendarProblem:
            return self.props(xml.whole(self.url, "/.well-known/caldav"))
        leads_on = row.href_in(f"{CAL}calendar-home-set") or row.href_in(f"{DAV}current-user-principal")
        if leads_on or row.has(f"{DAV}resourcetype", f"{CAL}calendar"):
            return row
        return self.props(xml.whole(self.url, "/.well-known/caldav"))

    def props(self, url: str) -> Row:
        answered = self.multistatus("PROPFIND", url, xml.propfind(*ASKED), "0")
        if not answered.rows:
            raise CalendarProblem(_("What came back is no answer of a calendar server."))
        return answered.rows[0]

    # --- what changed --------------------------------------------------------------------------------------------

    def changes(self, calendar: str, token: str) -> Changes:
        """What changed since `token`, as far as the server counts changes; else everything with its etag."""
        counted = self.counted(calendar, token)
        if counted is None and token:
            counted = self.counted(calendar, "")  # it forgot what it told us: from the beginning
        return counted or self.listed(calendar)

    def counted(self, calendar: str, token: str) -> Changes | None:
        """None where the server does not count, or not from this token on."""
        changed: dict[str, str] = {}
        gone: list[str] = []
        is_whole, more = not token, True
        while more:
            headers = {"Depth": "0", "Content-Type": "application/xml; charset=utf-8"}
            reply = self.ask("REPORT", calendar, xml.sync_report(token), headers)
            if reply.status == HTTPStatus.NOT_FOUND:
                raise NotThere
            if reply.status != HTTPStatus.MULTI_STATUS:
                return None
            answered, before = xml.read(reply.body, calendar), token
            token = answered.sync_token
            if not token:
                return None
            changed |= etags(answered.rows)
            gone += [row.href for row in answered.rows if row.status == HTTPStatus.NOT_FOUND]
            cut = any(row.status == HTTPStatus.INSUFFICIENT_STORAGE for row in answered.rows)
            more = cut and token != before
        return Changes(changed, gone, token, is_whole)

    def listed(self, calendar: str) -> Changes:
        body = xml.propfind("d:getetag", "d:resourcetype")
        answered = self.multistatus("PROPFIND", calendar, body, "1")
        return Changes(etags(answered.rows), [], "", is_whole=True)

    def fetch(self, calendar: str, hrefs: Sequence[str]) -> Iterator[Resource]:
        """The events at these addresses that are still there."""
        for start in range(0, len(hrefs), AT_ONCE):
            body = xml.multiget(xml.path_of(href) for href in hrefs[start : start + AT_ONCE])
            for row in self.multistatus("REPORT", calendar, body, "1").rows:
                content = row.text(f"{CAL}calendar-data")
                if content and is_kept(row):
                    yield Resource(row.href, row.text(f"{DAV}getetag"), content)

    # --- writing -------------------------------------------------------------------------------------------------

    def put(self, href: str, content: bytes, etag: str = "", *, anyhow: bool = False) -> str:
        """Write it, over `etag` or as something new; what the server calls it now.

        Raises ChangedThere, and RefusedThere for an event that it does not take.
        """
        condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        if anyhow:
            condition = {}
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        reply = self.ask("PUT", href, content, headers)
        if reply.status in (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND):
            raise ChangedThere
        if reply.status in (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED):
            raise CalendarProblem(_("This calendar can only be read: choose another, or do not write there."))
        if reply.status not in (200, 201, 204):
            raise RefusedThere(_("The server did not take it: it answers with %d.") % reply.status)
        return reply.headers.get("etag", "") or self.etag(href)

    def etag(self, href: str) -> str:
        answered = self.multistatus("PROPFIND", href, xml.propfind("d:getetag"), "0")
        return next(iter(etags(answered.rows).values()), "")

    def delete(self, href: str, etag: str) -> None:
        """What is gone already is fine. Raises ChangedThere."""
        reply = self.ask("DELETE", href, headers={"If-Match": etag} if etag else {})
        if reply.status == HTTPStatus.PRECONDITION_FAILED:
            raise ChangedThere
        if reply.status not in (200, 202, 204, 404, 410):
            raise CalendarProblem(
                _("The server did not delete the event: it answers with %d.") % reply.status
            )


def good(reply: Reply) -> Reply:
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise WrongPassword
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or (reply.status >= 500 and reply.status != 501):
        raise CalendarProblem(_("The server cannot answer now (%d).") % reply.status)
    return reply


def in_words(fault: OutgoingFailed) -> str:
    """Why there was no answer, as people say it."""
    words = (
        (TimeoutError, _("it did not answer in time.")),
        (ConnectionRefusedError, _("nothing answers at this address.")),
        (ssl.SSLError, _("its certificate is not valid.")),
        (OSError, _("the connection broke.")),
    )
    cause = fault.__cause__
    if isinstance(cause, socket.gaierror):
        return str(fault)
    return next((text for kind, text in words if isinstance(cause, kind)), str(fault))


def found(row: Row) -> FoundCalendar:
    last = xml.path_of(row.href).rstrip("/").rpartition("/")[2]
    return FoundCalendar(row.href, row.text(f"{DAV}displayname") or last)


def takes_events(row: Row) -> bool:
    if not row.has(f"{DAV}resourcetype", f"{CAL}calendar"):
        return False
    kinds = row.props.get(f"{CAL}supported-calendar-component-set")
    return kinds is None or any(kind.get("name") == "VEVENT" for kind in kinds)


def etags(rows: Sequence[Row]) -> dict[str, str]:
    """The events among the rows: what has an etag and holds nothing else."""
    return {
        row.href: row.text(f"{DAV}getetag")
        for row in rows
        if row.status == HTTPStatus.OK
        and row.text(f"{DAV}getetag")
        and is_kept(row)
        and not row.has(f"{DAV}resourcetype", f"{DAV}collection")
    }


def is_kept(row: Row) -> bool:
    """Whether its address and its etag fit the columns: nobody's server has longer ones in earnest."""
    return len(row.href) <= LONGEST_HREF and len(row.text(f"{DAV}getetag")) <= LONGEST_ETAG


def is_same_site(named: SplitResult, asked: SplitResult) -> bool:
    """The same host, or a neighbour (caldav.example.com and p42-caldav.example.com)."""
    one, other = named.hostname or "", asked.hostname or ""
    site = ".".join(one.split(".")[-2:])
    return one == other or (one.count(".") > 1 and other.endswith(f".{site}") and asked.scheme == "https")
