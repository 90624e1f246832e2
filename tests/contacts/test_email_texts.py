"""Mails from outside are hostile: what is shown of them does nothing, loads nothing, and says what is new."""

import pytest

from contacts.email_html import has_remote_pictures, page, policy
from contacts.email_texts import answer_subject, as_html, forwarded, preview

HOSTILE = (
    '<script>alert(1)</script><img src="https://spy.example/x.gif" onerror="alert(1)">'
    '<a href="javascript:alert(1)">x</a>'
    '<form action="https://spy.example"><input name="password"></form><iframe src="https://spy.example"></iframe>'
    '<p style="background-image:url(https://spy.example);color:red" onclick="x()">Hello</p><svg onload="x()"></svg>'
    '<base href="https://spy.example"><meta http-equiv="refresh" content="0;url=https://spy.example"><style>*{}</style>'
)


def nothing(_content_id: str) -> None:
    return None


WORDS = (
    "<script", "onerror", "onclick", "onload", "javascript:", "spy.example", "<form", "<iframe", "<svg", "<base",
    "http-equiv", "alert",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_of_a_hostile_mail_only_words_are_left(word: str) -> None:
    shown = page(HOSTILE, images=False, inline=nothing)
    assert "Hello" in shown
    assert word not in shown


def test_pictures_from_elsewhere_are_loaded_when_asked_for_only() -> None:
    mail = '<img src="https://pictures.example/a.png">'
    assert has_remote_pictures(mail)
    assert "pictures.example" not in page(mail, images=False, inline=nothing)
    assert "pictures.example" in page(mail, images=True, inline=nothing)
    assert "https:" not in policy(images=False)


def test_a_picture_that_came_along_is_shown_and_nothing_else_that_did() -> None:
    mail = '<img src="cid:logo"><img src="cid:page"><img src="data:text/html,x">'
    files = {"logo": ("image/png", b"x"), "page": ("text/html", b"<script>")}
    shown = page(mail, images=False, inline=files.get)
    assert shown.count("<img src=") == 1
    assert "data:image/png;base64,eA==" in shown


@pytest.mark.parametrize(
    "rest",
    [
        "On Mon, 2 Nov 2026 at 09:14, Rep <rep@tenure.example> wrote:\n> Old",
        "Am Mo., 2. Nov. 2026 um 09:14 Uhr schrieb Rep <rep@tenure.example>:\n> Old",
        "-----Original Message-----\nFrom: Rep\nOld",
        "________________________________\nVon: Rep\nOld",
        "-- \nAda\nOld",
    ],
)
def test_the_preview_is_what_is_new(rest: str) -> None:
    assert preview(f"Yes, please.\n\n{rest}") == "Yes, please."


def test_a_text_of_quotes_alone_is_told_as_it_is() -> None:
    assert preview("> only this") == "> only this"


def test_answers_are_told_by_one_re() -> None:
    assert answer_subject("AW: Re: RE: Beans") == "Re: Beans"


def test_what_only_looks_like_a_forwarded_mail_is_none() -> None:
    assert forwarded("From: nobody at all\nSubject: x\n\nText", "Fwd: x") is None
    assert forwarded("From: ada@lindqvist.example said hello", "Fwd: x") is None


def test_our_own_text_is_escaped_in_its_html() -> None:
    assert "<b>" not in as_html("<b>1 < 2</b> https://a.example")
    assert 'href="https://a.example"' in as_html("<b>1 < 2</b> https://a.example")
