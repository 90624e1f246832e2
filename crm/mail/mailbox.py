"""Speaking IMAP and SMTP with the servers of an account, within a time that is bounded whatever they do."""

import contextlib
import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from imap_tools import AND, BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from crm.mail.choices import Security
from crm.outgoing import OutgoingFailed, OutgoingRefused, resolve
from crm.watchdog import Watchdog

#: what imap-tools, imaplib, smtplib and the network raise
FAULTS = (
    OSError,
    imaplib.IMAP4.error,
    ImapToolsError,
    smtplib.SMTPException,
    EOFError,
    ValueError,
    IndexError,
    OutgoingRefused,
    OutgoingFailed,
)


class MailboxProblem(Exception):
    """Why an account does not work, in plain words for its page."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str


@dataclass(frozen=True)
class Credentials:
    """A password, or the access token of OAuth."""

    login: str
    password: str = ""
    token: str = ""

    @property
    def xoauth2(self) -> str:
        return f"user={self.login}\x01auth=Bearer {self.token}\x01\x01"


def connected(server: Server, timeout: float) -> socket.socket:
    """A connection to the address that was checked: never into our own network, but for MAILBOX_HOSTS."""
    host = server.host if server.host in settings.MAILBOX_HOSTS else resolve(server.host, server.port)
    return socket.create_connection((host, server.port), timeout)


def tls(connection: socket.socket, host: str, watchdog: Watchdog) -> ssl.SSLSocket:
    """The same connection encrypted, watched from before the two sides shake hands."""
    context = ssl.create_default_context()
    wrapped = context.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
    watchdog.over(wrapped)
    wrapped.do_handshake()
    return wrapped


class ImapClient(imaplib.IMAP4):
    """Watched from the first byte: already the greeting may never end."""

    def __init__(self, server: Server, watchdog: Watchdog) -> None:
        self.server, self.watchdog = server, watchdog
        super().__init__(server.host, server.port, settings.MAILBOX_TIMEOUT)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        connection = self.watchdog.over(connected(self.server, settings.MAILBOX_TIMEOUT))
        if self.server.security == Security.TLS:
            return tls(connection, self.server.host, self.watchdog)
        return connection


class SmtpClient(smtplib.SMTP):
    def __init__(self, server: Server, watchdog: Watchdog) -> None:
        self.server, self.watchdog = server, watchdog
        super().__init__(server.host, server.port, timeout=settings.MAILBOX_TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self.watchdog.over(connected(self.server, timeout))
        if self.server.security == Security.TLS:
            return tls(connection, host, self.watchdog)
        return connection


class WatchedMailBox(BaseMailBox):
    def __init__(self, server: Server, watchdog: Watchdog) -> None:
        self.server, self.watchdog = server, watchdog
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = ImapClient(self.server, self.watchdog)
        if self.server.security == Security.STARTTLS:
            client.starttls(ssl.create_default_context())
            self.watchdog.over(client.sock)
        return client


@contextmanager
def imap(server: Server, credentials: Credentials, folder: str) -> Iterator[BaseMailBox]:
    """A mailbox that is signed in to, its folder open for reading. Raises MailboxProblem for whatever goes wrong."""
    with Watchdog(settings.MAILBOX_SECONDS) as watchdog:
        try:
            box = WatchedMailBox(server, watchdog)
            try:
                sign_in(box, credentials)
                box.folder.set(folder, readonly=True)
                yield box
            finally:
                leave(box)
        except FAULTS as fault:
            raise MailboxProblem(too_slow() if watchdog.rang else problem_of(fault, server)) from fault


def sign_in(box: BaseMailBox, credentials: Credentials) -> None:
    if credentials.token:
        box.xoauth2(credentials.login, credentials.token, initial_folder=None)
    elif credentials.password.isascii() and credentials.login.isascii():
        box.login(credentials.login, credentials.password, initial_folder=None)
    else:
        box.login_utf8(credentials.login, credentials.password, initial_folder=None)


def leave(box: BaseMailBox) -> None:
    """A server that does not say goodbye is left all the same."""
    with contextlib.suppress(*FAULTS):
        box.logout()
    with contextlib.suppress(*FAULTS):
        box.client.shutdown()


def problem_of(fault: BaseException, server: Server) -> str:
    place = f"{server.host}:{server.port}"
    if isinstance(fault, MailboxLoginError | smtplib.SMTPAuthenticationError):
        return _("%s refused the user name or the password.") % place
    if isinstance(fault, MailboxFolderSelectError):
        return _("There is no such folder in the mailbox.")
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _("The certificate of %(server)s is not valid: %(why)s") % {
            "server": place,
            "why": fault.verify_message,
        }
    if isinstance(fault, ssl.SSLError):
        return _("%s does not speak TLS at this port. Try another security or port.") % place
    if isinstance(fault, OutgoingRefused | OutgoingFailed):
        return str(fault)
    if isinstance(fault, TimeoutError):
        return _("%(server)s did not answer within %(seconds)d seconds.") % {
            "server": place,
            "seconds": settings.MAILBOX_TIMEOUT,
        }
    if isinstance(fault, socket.gaierror):
        return _("There is no server named %s.") % server.host
    if isinstance(fault, ConnectionRefusedError):
        return _("Nobody answers at %s.") % place
    if isinstance(fault, imaplib.IMAP4.error) and "AUTH" in str(fault).upper():
        return _("%s refused the user name or the password.") % place
    return _("%(server)s broke the conversation off: %(why)s") % {"server": place, "why": str(fault)[:200]}


def too_slow() -> str:
    return _("The server was too slow: the connection was cut after %d seconds.") % settings.MAILBOX_SECONDS


def uid_validity(box: BaseMailBox) -> int:
    _kind, found = box.client.response("UIDVALIDITY")
    return int(found[0]) if found and found[0] else 0


def uids_after(box: BaseMailBox, last: int) -> list[int]:
    """UIDs above the last one, ascending. A server answers `9:*` with the last mail even when it is below."""
    found = box.uids(f"UID {last + 1}:*", charset=None)
    return sorted(uid for uid in map(int, found) if uid > last)


def uids_since(box: BaseMailBox, day: date) -> list[int]:
    return sorted(map(int, box.uids(AND(date_gte=day), charset=None)))


def size_of(box: BaseMailBox, uid: int) -> int:
    """Bytes of a mail as the server tells; 0 if the mail is gone."""
    _ok, found = box.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    text = (found[0] if found and isinstance(found[0], bytes) else b"") or b""
    _head, word, rest = text.partition(b"RFC822.SIZE ")
    digits = rest.split(b")")[0].split()[0] if word else b"0"
    return int(digits)


def content_of(box: BaseMailBox, uid: int) -> bytes | None:
    """The bytes of a mail, which stays unread on the server; None if it is gone."""
    _ok, found = box.client.uid("FETCH", str(uid), "(BODY.PEEK[])")
    part = found[0] if found else None
    return bytes(part[1]) if isinstance(part, tuple) else None


def try_smtp(server: Server, credentials: Credentials) -> None:
    """Sign in to the sending server and leave again. Raises MailboxProblem."""
    with Watchdog(settings.MAILBOX_SECONDS) as watchdog:
        try:
            with SmtpClient(server, watchdog) as client:
                smtp_sign_in(client, server, credentials)
        except FAULTS as fault:
            raise MailboxProblem(too_slow() if watchdog.rang else problem_of(fault, server)) from fault


def smtp_sign_in(client: SmtpClient, server: Server, credentials: Credentials) -> None:
    client.ehlo()
    if server.security == Security.STARTTLS:
        client.starttls(context=ssl.create_default_context())
        client.ehlo()
    if credentials.token:
        client.auth("XOAUTH2", lambda _challenge=None: credentials.xoauth2)
    else:
        client.login(credentials.login, credentials.password)
