"""Bytes from outside are read or refused with a reason; nothing else ever happens."""

import base64
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.mail import parsing
from crm.mail.parsing import ParsedMail, Unparsable, parse, read_file


def mail(*lines: str, body: str = "Hello") -> bytes:
    return "\r\n".join([*lines, "", body]).encode()


def full_mail() -> bytes:
    message = EmailMessage()
    message["From"] = '"Ada Lindqvist, Ms." <Ada@Lindqvist.example>'
    message["To"] = "Support <support@tenure.example>, second@tenure.example"
    message["Subject"] = "Grüße aus Örebro"
    message["Message-ID"] = "<1@lindqvist.example>"
    message["In-Reply-To"] = "<0@tenure.example>"
    message["References"] = "<a@tenure.example> <0@tenure.example>"
    message["Date"] = "Thu, 26 Nov 2026 05:00:00 +0100"
    message.set_content("Plain ü")
    message.add_alternative("<p>Rich <b>ü</b></p>", subtype="html")
    message.add_attachment(
        b"%PDF-1", maintype="application", subtype="pdf", filename="../../Ange\u0301bot.pdf"
    )
    return bytes(message)


def test_a_whole_mail_is_read() -> None:
    found = parse(full_mail())
    assert (found.sender.email, found.sender.name) == ("ada@lindqvist.example", "Ada Lindqvist, Ms.")
    assert [one.email for one in found.to] == ["support@tenure.example", "second@tenure.example"]
    assert found.subject == "Grüße aus Örebro"
    assert (found.message_id, found.in_reply_to) == ("<1@lindqvist.example>", ("<0@tenure.example>",))
    assert found.references == ("<a@tenure.example>", "<0@tenure.example>")
    assert found.sent_at == datetime(2026, 11, 26, 4, tzinfo=UTC)
    assert (found.text.strip(), found.html.strip()) == ("Plain ü", "<p>Rich <b>ü</b></p>")
    assert not found.is_automatic


def test_an_attachment_has_a_harmless_name_and_is_read_again_from_the_raw_bytes() -> None:
    raw = full_mail()
    file = parse(raw).files[0]
    assert "/" not in file.name
    assert file.name.endswith("bot.pdf")
    assert (file.content_type, file.size) == ("application/pdf", 6)
    assert read_file(raw, file.part) == b"%PDF-1"
    with pytest.raises(Unparsable):
        read_file(raw, 99)


def test_html_alone_has_its_text() -> None:
    raw = mail(
        "Content-Type: text/html",
        body="<style>p {}</style><p>One</p><p>Two &amp; three<script>x</script></p>",
    )
    assert parse(raw).text == "One\nTwo & three"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"Message-ID: <>\r\n\r\n",
        b"Message-ID: <\r\n\r\n",
        b"From: =?utf-8?q?=ff=fe?= <a@b.example>\r\n\r\nx",
        b"From: =?nonsense?b?!!!?=\r\n\r\nx",
        b"To: " + b"(" * 5000 + b"\r\n\r\nx",
        b"Subject: =?utf-8?b?" + b"A" * 100_000 + b"?=\r\n\r\nx",
        b'Content-Type: text/plain; charset="\x80"\r\n\r\nx',
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AGEAYQ-",
        b"Content-Type: text/plain; charset=zlib\r\n\r\nx",
        b"Content-Type: text/plain; charset=\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 999 x\r\n\xff\r\n",
        b"Content-Disposition: attachment; filename*0*=%; filename*2=b; filename*=c''%\r\n\r\nx",
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n',
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Date: Mon, 99 Foo 99999 99:99:99 +9999\r\n\r\nx",
        b"Date: Thu, 01 Jan 0001 00:00:00 +1400\r\n\r\nx",
        b" continuation first\r\nSubject: x\r\n\r\nx",
    ],
)
def test_known_poison_is_read_all_the_same(raw: bytes) -> None:
    found = parse(raw)
    assert isinstance(found, ParsedMail)
    assert "\x00" not in found.subject + found.text + found.sender.name


def nested(depth: int) -> bytes:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return head.encode()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (nested(60), "nested too deeply"),
        (nested(5_000), "too many parts"),
        (
            b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 700,
            "too many parts",
        ),
        (b"Subject: large\r\n\r\n" + b"x" * (parsing.MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_too_much_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(Unparsable, match=reason):
        parse(raw)


@pytest.mark.parametrize(
    "lines",
    [
        ["Auto-Submitted: auto-replied"],
        ["Precedence: bulk"],
        ["List-Id: <news.example>"],
        ["From: MAILER-DAEMON@mx.example"],
        ["Return-Path: <>"],
        ["Content-Type: multipart/report; report-type=delivery-status; boundary=x"],
    ],
)
def test_programs_are_told_from_people(lines: list[str]) -> None:
    assert parse(mail(*lines)).is_automatic


def test_a_person_is_no_program() -> None:
    assert not parse(mail("Auto-Submitted: no", "From: ada@lindqvist.example")).is_automatic


def test_a_name_cannot_pose_as_an_address() -> None:
    name = base64.b64encode(b"boss@tenure.example>, <x").decode()
    found = parse(mail(f"From: =?utf-8?b?{name}?= <evil@world.example>"))
    assert found.sender.email == "evil@world.example"


HEADERS = st.sampled_from(
    ["From", "To", "Cc", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Disposition",
     "Content-Transfer-Encoding", "Content-ID", "Auto-Submitted", "MIME-Version"]
)  # fmt: skip
PIECES = st.sampled_from(
    ["multipart/mixed; boundary=b", "multipart/report", "message/rfc822", "text/html; charset=", "utf-8", "base64",
     "=?utf-8?q?", "?=", "<", ">", "@", ",", ";", '"', "filename*0*=", "''", "%", "\r\n ", "\t", "quoted-printable",
     "attachment", "x@y.example", "(", "\\", "iso-2022-jp", "idna", "punycode", "unicode_escape"]
)  # fmt: skip
VALUES = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=8).map("".join)
BODIES = st.lists(
    st.one_of(
        st.sampled_from(["--b\r\n", "--b--\r\n", "\r\n", "Content-Type: text/plain\r\n"]),
        st.text(max_size=20),
    ),
    max_size=10,
).map("".join)


@st.composite
def broken_mails(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(st.tuples(HEADERS, VALUES), max_size=8))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return (head + "\r\n" + draw(BODIES)).encode("utf-8", "surrogatepass")


@settings(max_examples=600)
@given(st.one_of(broken_mails(), st.binary(max_size=400)))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        found = parse(raw)
    except Unparsable:
        return
    texts = [found.subject, found.text, found.html, found.sender.name, found.message_id]
    texts += [file.name for file in found.files] + [one.name for one in found.to]
    for text in texts:
        text.encode()
        assert "\x00" not in text
    for file in found.files:
        read_file(raw, file.part)
