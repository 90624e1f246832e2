"""Reading and writing the text of mails: what is new in it, what it quotes, whom a forwarded one came from. Pure."""

import email.utils
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.html import escape, urlize

PREVIEW = 300
#: where the quoted rest begins: Gmail and Apple Mail, Outlook; English and German
QUOTE_STARTS = re.compile(
    r"^(?:>|"
    r"On\b.{4,200}\bwrote:\s*$|Am\b.{4,200}\bschrieb\b.{0,200}:\s*$|"
    r"-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Originalnachricht|Forwarded message|"
    r"Weitergeleitete Nachricht)\s*-{2,}\s*$|"
    r"(?:From|Von):\s.{3,300}$|_{10,}\s*$)",
    re.IGNORECASE,
)
FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|wg|wtr|weitergeleitet)\s*:\s*", re.IGNORECASE)
HEADER = re.compile(
    r"^[>\s*]*(From|Von|Date|Sent|Datum|Gesendet|Subject|Betreff|To|An|Cc|Kopie|Reply-To|Antwort an)\s*:"
    r"[\s*]*(.*?)[\s*]*$",
    re.IGNORECASE,
)
NAMES = {
    "from": "from", "von": "from", "date": "date", "sent": "date", "datum": "date", "gesendet": "date",
    "subject": "subject", "betreff": "subject",
}  # fmt: skip
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
#: the block of original headers stands within so many lines
SEARCHED_LINES = 200
BLOCK_LINES = 12


@dataclass(frozen=True)
class Forwarded:
    """The mail inside a forwarded one."""

    sender: str
    name: str
    subject: str
    text: str
    sent_at: datetime | None


def preview(text: str) -> str:
    """The first words that are new in a mail, on one line."""
    fresh = " ".join(new_lines(text)) or " ".join(text.split())
    line = " ".join(fresh.split())
    return line if len(line) <= PREVIEW else line[: PREVIEW - 1].rstrip() + "…"


def new_lines(text: str) -> list[str]:
    """The lines above what is quoted, without the signature."""
    found: list[str] = []
    for line in text.splitlines()[:SEARCHED_LINES]:
        stripped = line.strip()
        if stripped == "--" or line == "-- " or QUOTE_STARTS.match(stripped[:600]):
            break
        found.append(line)
    return found


def quoted(text: str, lead: str, limit: int = 8_000) -> str:
    """What one answers to, below the answer."""
    lines = text.strip()[:limit].splitlines()
    return "\n".join([lead, *(f">{line}" if line.startswith(">") else f"> {line}" for line in lines)])


def answer_subject(subject: str) -> str:
    plain = re.sub(r"^\s*((re|aw|antw)\s*:\s*)+", "", subject, flags=re.IGNORECASE)
    return f"Re: {plain}"[:500]


def as_html(text: str) -> str:
    """A text as simple HTML, its addresses as links: programs that show no plain text well show this."""
    body = urlize(escape(text.replace("\r", "")), nofollow=False, autoescape=False).replace("\n", "<br>\n")
    return f"<html><body><div>{body}</div></body></html>"


def is_forward(subject: str) -> bool:
    return bool(FORWARD_SUBJECT.match(subject))


def forwarded(text: str, subject: str) -> Forwarded | None:
    """The original mail in the text of one that was forwarded; None without its headers.

    Outlook (From, Sent, To, Subject), Gmail (a line of dashes above them) and Apple Mail ("> From:"), English and
    German: a block of such lines in which a sender stands.
    """
    lines = text.splitlines()[:SEARCHED_LINES]
    for start, line in enumerate(lines):
        found = HEADER.match(line[:1_000])
        if found and NAMES.get(found[1].lower()) == "from":
            values, end = header_block(lines, start)
            address = ADDRESS.search(values["from"])
            if address and len(values) > 1:
                body = "\n".join(
                    line.removeprefix("> ").removeprefix(">") for line in text.splitlines()[end:]
                )
                return Forwarded(
                    sender=address[0].lower(),
                    name=name_in(values["from"], address[0]),
                    subject=values.get("subject", "") or FORWARD_SUBJECT.sub("", subject),
                    text=body.strip(),
                    sent_at=moment(values.get("date", "")),
                )
    return None


def header_block(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """The headers from this line on, and where the text below begins."""
    values: dict[str, str] = {}
    end = start
    for number, line in enumerate(lines[start : start + BLOCK_LINES], start):
        found = HEADER.match(line[:1_000])
        if found:
            name = NAMES.get(found[1].lower(), "")
            if name:
                values.setdefault(name, found[2].strip())
        elif not line.strip(" >"):
            return values, number + 1
        end = number + 1
    return values, end


def name_in(value: str, address: str) -> str:
    name = value.replace(f"mailto:{address}", "").replace(address, "")
    return " ".join(re.sub(r"[<>\[\]()\"]", " ", name).split())[:200]


def moment(text: str) -> datetime | None:
    """A date as mails write it; the local ones of Outlook are not guessed."""
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if at.tzinfo is None or not 1990 <= at.year <= 2100:
        return None
    return at.astimezone(UTC)
