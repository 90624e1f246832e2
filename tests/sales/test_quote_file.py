"""The PDF of a quote: whatever it says, the same file for the same version, made once."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.company.models import Company
from crm.company.selectors import forget_company
from crm.pdf.rendering import render
from crm.staff.models import User
from sales.models import Quote, QuoteLine
from sales.quote_document import document_data
from sales.services.quote_file import quote_file_make, quote_file_retry
from tests.sales.quotes import MakeDeal, drafted

POISON = (
    '#read("/etc/passwd")',
    '"); #panic("got you"); ("',
    "*bold* _it_ $x^2$ `raw` @ref <label> // comment /* x */ \\ #{1 + 1} = Heading",
    "\x00\x01\x1f\x7f\ud800",
    "x" * 10_000,
    "\u202eright to left שלום 😀 漢字",
)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def quote(rep: User, make_deal: MakeDeal) -> Quote:
    return Quote.objects.get(pk=drafted(rep, make_deal).pk)


def test_it_lies_under_a_random_name(quote: Quote) -> None:
    assert quote_file_make(quote.pk) == "ready"
    quote.refresh_from_db()
    assert quote.file.read().startswith(b"%PDF")
    assert quote.number not in quote.file.name


def test_the_same_version_is_the_same_file(quote: Quote) -> None:
    assert render("quote", document_data(quote)) == render("quote", document_data(quote))


@pytest.mark.parametrize("text", POISON)
def test_hostile_texts_neither_break_nor_escape(quote: Quote, text: str) -> None:
    for name in (
        "title",
        "receiver_name",
        "receiver_address",
        "sender_name",
        "sender_address",
        "intro",
        "terms",
    ):
        setattr(quote, name, text)
    data = document_data(quote)
    data["rows"] = [[data["title"], "1", "1", "1"], *data["rows"]]
    assert render("quote", data).startswith(b"%PDF")


def test_lines_that_fill_pages_are_set(quote: Quote) -> None:
    line = quote.lines.get(text="Beans, 1 kg")
    QuoteLine.objects.bulk_create(
        QuoteLine(quote=quote, text=f"Beans {index}", quantity=1, unit_amount=1, line_amount=line.line_amount)
        for index in range(180)
    )
    assert quote_file_make(quote.pk) == "ready"


def test_a_logo_stands_on_it_and_a_broken_one_does_not_stop_it(quote: Quote, tmp_path: Path) -> None:
    (tmp_path / "company").mkdir()
    (tmp_path / "company" / "logo").write_bytes(b"\x89PNG no image at all")
    Company.objects.update(logo="company/logo", logo_kind="png")
    forget_company()
    assert quote_file_make(quote.pk) == "ready"


def test_what_fails_is_said_and_can_be_tried_again(
    rep: User, quote: Quote, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.pdf.rendering.MAX_DATA", 10)
    with pytest.raises(ValidationError, match="too much"):
        quote_file_make(quote.pk)
    quote.refresh_from_db()
    assert (quote.file_state, quote.file_error) == ("failed", "There is too much in the document.")
    monkeypatch.undo()
    quote_file_retry(actor=rep, quote=quote)
    assert quote_file_make(quote.pk) == "ready"


def test_what_changed_while_it_was_made_waits_for_its_own(
    quote: Quote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changes(template: str, data: Any) -> bytes:
        Quote.objects.filter(pk=quote.pk).update(title="Changed meanwhile")
        return b"%PDF of the earlier text"

    monkeypatch.setattr("sales.services.quote_file.render", changes)
    assert quote_file_make(quote.pk) == "waiting"
    assert not Quote.objects.get(pk=quote.pk).file
