"""Reading a mail from outside: whatever its bytes are, the answer is a ParsedMail or Unparsable with a plain reason.

Pure. The raw bytes stay where they are stored; what is read here can be read again by a better reader.
"""

import codecs
import email
import email.errors
import email.header
import email.utils
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message

import nh3
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 35 * 1024 * 1024
MAX_PARTS = 500
MAX_DEPTH = 20
MAX_HEADER = 16_384
MAX_TEXT = 1_000_000
MAX_ADDRESSES = 500
MAX_REFERENCES = 100
MAX_COPIES = 10
MAX_TAGS = 15_000
#: codecs of Python whose time grows with the square of the text; no mail is written in them
SLOW_CODECS = {"punycode", "idna"}

MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
NESTING = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
#: the parser reads the parameters of such a header in the square of their number
LONG_HEADER = re.compile(rb"(?im)^content-[a-z-]{1,40}:(?:[^\r\n]|\r?\n[ \t]){8000}")
UNSAFE_NAME = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")


class Unparsable(Exception):
    """The mail goes to quarantine for this reason."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))


@dataclass(frozen=True)
class Address:
    email: str
    name: str = ""


@dataclass(frozen=True)
class AttachedFile:
    """`part` is its place in the walk over the mail, by which it is read again from the raw bytes."""

    part: int
    name: str
    content_type: str
    size: int
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class ParsedMail:
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address = Address("")
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    html: str = ""
    files: tuple[AttachedFile, ...] = field(default=())
    is_automatic: bool = False
    is_bounce: bool = False


def parse(raw: bytes) -> ParsedMail:
    """Raises Unparsable, and nothing else."""
    if len(raw) > MAX_BYTES:
        raise Unparsable(_("It is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 2**20})
    if len(NESTING.findall(raw)) > MAX_PARTS:
        raise Unparsable(_("It has too many parts."))
    if LONG_HEADER.search(raw):
        raise Unparsable(_("It has a header that is too long."))
    try:
        return read(email.message_from_bytes(raw))
    except Unparsable:
        raise
    except RecursionError as fault:
        raise Unparsable(_("Its parts are nested too deeply.")) from fault
    except Exception as fault:
        raise Unparsable(_("It cannot be read: %s") % f"{type(fault).__name__}: {fault}") from fault


def read(message: Message) -> ParsedMail:
    parts = [(number, part) for number, (part, _depth) in enumerate(walk(message))]
    text, markup = bodies(parts)
    return ParsedMail(
        message_id=next(iter(message_ids(message, "Message-ID")), ""),
        in_reply_to=message_ids(message, "In-Reply-To"),
        references=message_ids(message, "References"),
        sender=next(iter(addresses(message, "From") or addresses(message, "Sender")), Address("")),
        to=addresses(message, "To"),
        cc=addresses(message, "Cc"),
        subject=header(message, "Subject")[:500],
        sent_at=moment(header(message, "Date")),
        text=text or text_of_html(markup),
        html=markup,
        files=tuple(files(parts)),
        is_automatic=is_automatic(message),
        is_bounce=is_bounce(message),
    )


def walk(message: Message) -> Iterator[tuple[Message, int]]:
    """Every part with its depth, without recursion; the parts of an attached mail are its own affair."""
    waiting, count = [(message, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MAX_PARTS:
            raise Unparsable(_("It has too many parts."))
        if depth > MAX_DEPTH:
            raise Unparsable(_("Its parts are nested too deeply."))
        yield part, depth
        children = part.get_payload()
        if isinstance(children, list) and not is_attached_mail(part):
            waiting.extend((child, depth + 1) for child in reversed(children) if isinstance(child, Message))


def is_attached_mail(part: Message) -> bool:
    return part.get_content_maintype() == "message"


def header(message: Message, name: str) -> str:
    """Decoded, on one line, without what a database or a page would stumble over."""
    value = message.get(name, "")
    text = str(value)[:MAX_HEADER]
    try:
        decoded = str(email.header.make_header(email.header.decode_header(text)))
    except (ValueError, LookupError, TypeError, IndexError, email.errors.MessageError):
        decoded = text
    return " ".join(clean(decoded).split())


def clean(text: str) -> str:
    """No NUL, no half characters, no control characters but line breaks and tabs."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(char for char in whole if char >= " " or char in "\n\t").replace("\x7f", "")


def message_ids(message: Message, name: str) -> tuple[str, ...]:
    found = MESSAGE_ID.findall(clean(str(message.get(name, ""))[:MAX_HEADER]))
    return tuple(dict.fromkeys(found))[-MAX_REFERENCES:]


def addresses(message: Message, name: str) -> tuple[Address, ...]:
    """Those that are addresses; split before they are decoded, so that a name cannot smuggle one in."""
    raw = [clean(str(value)[:MAX_HEADER]) for value in message.get_all(name, [])[:MAX_COPIES]]
    try:
        pairs = email.utils.getaddresses(raw)[:MAX_ADDRESSES]
    except (RecursionError, ValueError, TypeError, IndexError):
        return ()
    found = []
    for shown, address in pairs:
        if "@" in address.strip("@") and " " not in address and len(address) <= 320:
            found.append(Address(address.lower(), decoded_name(shown)))
    return tuple(found)


def decoded_name(shown: str) -> str:
    try:
        name = str(email.header.make_header(email.header.decode_header(shown)))
    except (ValueError, LookupError, TypeError, IndexError, email.errors.MessageError):
        name = shown
    return " ".join(clean(name).split())[:200]


def moment(text: str) -> datetime | None:
    """In UTC; None for a date that is none, or far from any calendar."""
    try:
        found = email.utils.parsedate_to_datetime(text)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        inside = 1970 <= aware.year <= 2100
        return aware.astimezone(UTC) if inside else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def bodies(parts: list[tuple[int, Message]]) -> tuple[str, str]:
    """The first plain text and the first HTML that are not attachments."""
    text = markup = ""
    for _number, part in parts:
        if is_file(part) or part.is_multipart():
            continue
        if part.get_content_type() == "text/plain" and not text:
            text = decoded(part)
        elif part.get_content_type() == "text/html" and not markup:
            markup = first_tags(decoded(part))
    return text, markup


def first_tags(markup: str) -> str:
    """As much of the HTML as has MAX_TAGS tags: cleaning takes the square of what is nested."""
    return "<".join(markup.split("<", MAX_TAGS + 1)[: MAX_TAGS + 1])


def is_file(part: Message) -> bool:
    disposition = str(part.get("Content-Disposition", "")).strip().lower()
    if disposition.startswith("attachment") or is_attached_mail(part):
        return True
    return not part.is_multipart() and part.get_content_maintype() != "text"


def decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload[: MAX_TEXT * 4] if isinstance(payload, bytes) else b""
    charset = str(part.get_param("charset", "utf-8"))
    for name in (charset, "utf-8"):
        try:
            if codecs.lookup(name).name in SLOW_CODECS:
                continue
            return clean(content.decode(name).replace("\r\n", "\n"))[:MAX_TEXT]
        except (LookupError, ValueError):
            continue
    return clean(content.decode("latin-1").replace("\r\n", "\n"))[:MAX_TEXT]


def text_of_html(markup: str) -> str:
    """What a reader without pictures would see."""
    broken = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]*>", "\n", markup)
    bare = html.unescape(
        nh3.clean(broken, tags=set(), clean_content_tags={"script", "style", "head", "title"})
    )
    return re.sub(r"\n\s*\n\s*", "\n\n", bare).strip()


def files(parts: list[tuple[int, Message]]) -> Iterator[AttachedFile]:
    for number, part in parts:
        if not is_file(part):
            continue
        disposition = str(part.get("Content-Disposition", "")).strip().lower()
        yield AttachedFile(
            part=number,
            name=file_name(part, number),
            content_type=clean(part.get_content_type())[:100],
            size=len(file_bytes(part)),
            content_id=clean(str(part.get("Content-ID", ""))).strip(" <>")[:200],
            inline=not disposition.startswith("attachment"),
        )


def file_name(part: Message, number: int) -> str:
    try:
        given = part.get_filename("") or ""
    except (ValueError, LookupError, TypeError, IndexError):
        given = ""
    name = UNSAFE_NAME.sub("_", decoded_name(given)).strip(" ._")[:150]
    return name or (f"mail-{number}.eml" if is_attached_mail(part) else f"file-{number}")


def file_bytes(part: Message) -> bytes:
    if is_attached_mail(part):
        inner = part.get_payload()
        whole = inner[0] if isinstance(inner, list) and inner else part
        return whole.as_bytes() if isinstance(whole, Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def read_file(raw: bytes, number: int) -> bytes:
    """The bytes of one attachment, by its place. Raises Unparsable."""
    parse(raw)
    for place, (part, _depth) in enumerate(walk(email.message_from_bytes(raw))):
        if place == number and is_file(part):
            return file_bytes(part)
    raise Unparsable(_("There is no such attachment."))


def is_automatic(message: Message) -> bool:
    """Sent by a program (RFC 3834, and what came before it): it is never answered by a program."""
    submitted = header(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if header(message, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}:
        return True
    told = any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id", "List-Unsubscribe"))
    return told or is_bounce(message)


def is_bounce(message: Message) -> bool:
    """A report about a mail of ours that did not arrive."""
    report = str(message.get_param("report-type", "")).lower() == "delivery-status"
    if message.get_content_type() == "multipart/report" and report:
        return True
    senders = addresses(message, "From")
    local = senders[0].email.partition("@")[0] if senders else ""
    return header(message, "Return-Path") == "<>" or local == "mailer-daemon"
