"""Fetching from addresses that people typed: the one way out. Never to our own machines, never along a redirect.

The name is resolved once, every address it has must be public, and the connection goes to the address that was checked.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from crm.watchdog import Watchdog

SECONDS = 10
MOST_BYTES = 64 * 1024
LONGEST_URL = 500
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: networks that carry an IPv4 address within: judged by that one
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class OutgoingRefused(Exception):
    """The address is none that we call; in plain words. Trying again changes nothing."""


class OutgoingFailed(Exception):
    """Nothing or nothing good came back; it may work later."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


@dataclass(frozen=True)
class Reply:
    """A whole answer; the names of its headers are in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def read_url(url: str) -> SplitResult:
    """Raises OutgoingRefused for what is no plain address of the web."""
    if len(url) > LONGEST_URL or any(character.isspace() or ord(character) < 33 for character in url):
        raise OutgoingRefused(_("This is no address of the web."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise OutgoingRefused(_("This is no address of the web.")) from fault
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise OutgoingRefused(_("The address begins with https:// and names a host."))
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise OutgoingRefused(_("The address may hold no name or password."))
    return parts


def resolve(host: str, port: int) -> str:
    """An address of the host. Raises OutgoingRefused if any of them is not public, OutgoingFailed for none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as fault:
        raise OutgoingFailed(_("There is no host %s.") % host) from fault
    addresses = [str(item[4][0]).partition("%")[0] for item in found]
    for text in addresses:
        if not is_public(ipaddress.ip_address(text)):
            raise OutgoingRefused(_("%s is an address inside a network; only public ones are called.") % host)
    return addresses[0]


def is_public(address: Address) -> bool:
    inner = within(address)
    if inner is not None:
        return is_public(inner)
    if settings.OUTGOING_LOOPBACK and address.is_loopback:
        return True
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_link_local
        or getattr(address, "is_site_local", False)
    )


def within(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it and read a little of the answer. Raises OutgoingRefused, OutgoingFailed."""
    ends = time.monotonic() + SECONDS
    with asked("POST", url, body, headers, seconds=2 * SECONDS) as response:
        return Answer(response.status, read_little(response, ends))


def ask(
    method: str, url: str, body: bytes, headers: Mapping[str, str], *, most_bytes: int, seconds: float
) -> Reply:
    """Send it and read the whole answer, which may have so many bytes and take so long.

    Redirects are not followed. Raises OutgoingRefused, OutgoingFailed.
    """
    with asked(method, url, body, headers, seconds=seconds) as response:
        found = response.read(most_bytes + 1)
        if len(found) > most_bytes:
            raise OutgoingFailed(_("The answer was larger than %d MB.") % (most_bytes // 2**20))
        named = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, named)


@contextmanager
def asked(
    method: str, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float
) -> Iterator[http.client.HTTPResponse]:
    """The answer, to be read within; the connection is cut when the time is up, and half an answer is none."""
    parts = read_url(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = str(parts.hostname)
    connection = connect(parts.scheme, host, resolve(host, port), port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with Watchdog(seconds) as watchdog:
            watchdog.over(connection.sock)
            connection.request(method, path, body=body, headers={"User-Agent": "Tenure", **headers})
            yield connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError) as fault:
        if watchdog.rang:
            raise OutgoingFailed(_("The answer was too slow.")) from None
        raise OutgoingFailed(f"{type(fault).__name__}: {fault}") from fault
    finally:
        connection.close()
    if watchdog.rang:
        raise OutgoingFailed(_("The answer was too slow."))


def connect(scheme: str, host: str, address: str, port: int) -> http.client.HTTPConnection:
    """A connection that speaks to `host` at the address that was checked."""
    try:
        made = socket.create_connection((address, port), timeout=SECONDS)
        made.settimeout(SECONDS)
        if scheme == "https":
            made = ssl.create_default_context().wrap_socket(made, server_hostname=host)
    except (OSError, ValueError) as fault:
        raise OutgoingFailed(f"{type(fault).__name__}: {fault}") from fault
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=SECONDS)
    connection.sock = made
    return connection


def read_little(response: http.client.HTTPResponse, ends: float) -> str:
    """The first bytes of an answer, for the log; one that trickles is left."""
    found = b""
    while len(found) < MOST_BYTES and time.monotonic() < ends:
        part = response.read1(4096)
        if not part:
            break
        found += part
    return found[:1_000].decode(errors="replace").replace("\0", "")
