"""Mails that are made to keep a reader busy: read in a moment, or put into quarantine."""

import time
from contextlib import suppress

import pytest

from crm.mail.parsing import Unparsable, parse

HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
SECONDS = 5


@pytest.mark.parametrize(
    "raw",
    [
        HTML + b"<br " * 250_000,
        HTML + b"<div>" * 200_000,
        HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"99" * 400_000,
        HEAD + b"Content-Type: text/plain; charset=IDNA\r\n\r\n" + b"xn--" + b"a" * 2_000_000,
        b"From: a@b.example\r\n" + (b"To: " + b"a@b.example, " * 1_000 + b"\r\n") * 2_000 + b"\r\nx",
        HEAD
        + b"Content-Type: text/plain; "
        + b"".join(b"n*%d=a; " % n for n in range(200_000))
        + b"\r\n\r\nx",
        HEAD + b"Content-Type: text/plain" + b";\r\n " * 300_000 + b"\r\n\r\nx",
    ],
    ids=["open tags", "nested tags", "punycode", "idna", "many To", "many parameters", "folded parameters"],
)
def test_a_mail_is_read_or_refused_in_a_moment(raw: bytes) -> None:
    begun = time.process_time()
    with suppress(Unparsable):
        parse(raw)
    assert time.process_time() - begun < SECONDS


def test_a_long_newsletter_is_read_to_its_end() -> None:
    mail = parse(HTML + b"<table><tr><td>One</td></tr></table>" * 1_000 + b"<p>The end</p>")
    assert mail.text.endswith("The end")
