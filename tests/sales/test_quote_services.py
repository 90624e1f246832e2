"""Quotes: made of a deal's lines, edited as drafts, sent, replaced by new versions, withdrawn, expired."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from crm.audit.models import AuditEntry
from crm.company.models import Company
from crm.company.selectors import company_day, forget_company
from crm.mail.models import OutgoingMail
from crm.money.models import ExchangeRate
from crm.records.errors import StaleRecord
from crm.search.selectors import search
from crm.staff.models import User
from sales.models import Deal, Quote, Stage
from sales.quote_defaults import new_values
from sales.quote_selectors import later_stages
from sales.services.deal_lines import deal_lines_save
from sales.services.deal_stage import deal_win
from sales.services.order import Line
from sales.services.quote import (
    quote_create,
    quote_edit,
    quote_revise,
    quote_withdraw,
    quotes_expire,
    token_of,
)
from sales.services.quote_send import quote_link, quote_send
from tests.sales.quotes import BEANS, MakeDeal, drafted, sent


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def values(quote: Quote, **more: Any) -> dict[str, Any]:
    names = ("title", "receiver_name", "receiver_address", "valid_until", "tax_rate", "intro", "terms")
    return {name: getattr(quote, name) for name in names} | more


def test_a_quote_takes_over_lines_receiver_and_sender(rep: User, make_deal: MakeDeal) -> None:
    Company.objects.update(address="Beanstr. 1\nBerlin")
    forget_company()
    quote = Quote.objects.get(pk=drafted(rep, make_deal).pk)
    assert (quote.status, quote.edition, quote.receiver_name) == ("draft", 1, "Café Sole")
    assert (quote.sender_name, quote.sender_address) == ("Halden & Ruiz", "Beanstr. 1\nBerlin")
    assert [str(line.line_amount) for line in quote.lines.all()] == ["4401.00", "924.00"]
    assert (quote.net_amount, quote.tax_amount, quote.total_amount) == (Decimal(5325), 0, Decimal(5325))
    assert quote.number.startswith("Q-")
    assert quote.valid_until == company_day() + timedelta(days=30)


def test_no_two_quotes_share_a_number(rep: User, make_deal: MakeDeal) -> None:
    assert drafted(rep, make_deal).number != drafted(rep, make_deal).number


def test_a_deal_without_lines_is_quoted_by_its_amount(rep: User, make_deal: MakeDeal) -> None:
    quote = quote_create(actor=rep, deal=make_deal(rep))
    assert [(line.text, line.line_amount) for line in quote.lines.all()] == [("Espresso bar", Decimal(900))]


def test_what_nothing_is_known_of_is_not_quoted(
    rep: User, make_deal: MakeDeal, unchanged: Callable[[], None]
) -> None:
    deal = make_deal(rep, amount=None)
    unchanged()
    with pytest.raises(ValidationError, match="Add lines"):
        quote_create(actor=rep, deal=deal)
    unchanged()


@pytest.mark.parametrize(
    ("currency", "unit", "rate", "net", "tax", "total"),
    [
        ("USD", "0.335", "7.5", "1.01", "0.08", "1.09"),
        ("JPY", "333.4", "10", "1000", "100", "1100"),
        ("USD", "33.333", "19", "100.00", "19.00", "119.00"),
    ],
)
def test_tax_is_right_to_the_cent_of_the_currency(
    rep: User, make_deal: MakeDeal, currency: str, unit: str, rate: str, net: str, tax: str, total: str
) -> None:
    if currency != "USD":
        ExchangeRate.objects.create(
            currency=currency, valid_on=company_day() - timedelta(days=9), rate="0.0067"
        )
    line = Line(Decimal(3), Decimal(unit), text="Beans")
    quote = drafted(rep, make_deal, line, currency=currency)
    quote_edit(
        actor=rep,
        quote=quote,
        values=values(quote, tax_rate=Decimal(rate)),
        lines=[line],
        version=quote.version,
    )
    quote = Quote.objects.get(pk=quote.pk)
    assert [quote.net_amount, quote.tax_amount, quote.total_amount] == [
        Decimal(net),
        Decimal(tax),
        Decimal(total),
    ]


def test_an_edited_draft_has_its_pdf_made_anew(rep: User, make_deal: MakeDeal) -> None:
    quote = drafted(rep, make_deal)
    quote_edit(
        actor=rep, quote=quote, values=values(quote, title="Two bars"), lines=[BEANS], version=quote.version
    )
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.title, quote.net_amount, quote.file_state) == ("Two bars", Decimal(924), "waiting")
    told = AuditEntry.objects.filter(object_type="sales.quote", object_id=quote.pk).values_list(
        "action", flat=True
    )
    assert {"sales.quote.create", "sales.quote.lines", "sales.quote.edit"} <= set(told)


def test_two_people_edit_a_draft(rep: User, make_deal: MakeDeal, unchanged: Callable[[], None]) -> None:
    quote = drafted(rep, make_deal)
    seen = quote.version
    quote_edit(actor=rep, quote=quote, values=values(quote, title="First"), lines=[BEANS], version=seen)
    unchanged()
    with pytest.raises(StaleRecord):
        quote_edit(actor=rep, quote=quote, values=values(quote, title="Second"), lines=[BEANS], version=seen)
    unchanged()


@pytest.mark.parametrize("days", [-1, 400])
def test_a_day_that_cannot_be_is_refused(rep: User, make_deal: MakeDeal, days: int) -> None:
    quote = drafted(rep, make_deal)
    wrong = values(quote, valid_until=company_day() + timedelta(days=days))
    with pytest.raises(ValidationError, match=r"over|year"):
        quote_edit(actor=rep, quote=quote, values=wrong, lines=[BEANS], version=quote.version)


def test_nothing_is_sent_before_the_pdf_is_there(
    rep: User, make_deal: MakeDeal, unchanged: Callable[[], None]
) -> None:
    quote = drafted(rep, make_deal)
    unchanged()
    with pytest.raises(ValidationError, match="PDF is not there"):
        quote_send(actor=rep, quote=quote, to="ada@lindqvist.example", subject="Quote", text="Hello")
    unchanged()


def test_sending_writes_one_mail_with_link_and_pdf(rep: User, make_deal: MakeDeal) -> None:
    quote = sent(
        rep, drafted(rep, make_deal), to="ada@sole.example", subject="Our quote", text="Hello Ada", key="k"
    )
    mail = OutgoingMail.objects.get(kind="quote")
    assert (mail.to, mail.subject, mail.reply_to) == ("ada@sole.example", "Our quote", rep.email)
    assert mail.text.startswith("Hello Ada")
    assert quote_link(quote) in mail.text
    assert quote_link(quote) in mail.html
    assert [file["name"] for file in mail.files] == [f"{quote}.pdf"]
    again = quote_send(
        actor=rep, quote=quote, to="ada@sole.example", subject="Our quote", text="Hello Ada", key="k"
    )
    assert again.status == "sent"
    assert OutgoingMail.objects.filter(kind="quote").count() == 1


def test_the_deal_moves_only_if_the_sender_says_so(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage]
) -> None:
    quote = sent(rep, drafted(rep, make_deal))
    assert Deal.objects.get(pk=quote.deal_id).stage.name == "Qualified"
    assert stages["Quote sent"] in later_stages(quote.deal)
    quote_send(actor=rep, quote=quote, stage=stages["Quote sent"])
    assert Deal.objects.get(pk=quote.deal_id).stage.name == "Quote sent"


def test_a_new_version_replaces_the_sent_one_at_once(rep: User, make_deal: MakeDeal) -> None:
    first = sent(rep, drafted(rep, make_deal))
    second = quote_revise(actor=rep, quote=first)
    assert Quote.objects.get(pk=first.pk).status == "replaced"
    assert (second.number, second.edition, second.status, str(second)) == (
        first.number,
        2,
        "draft",
        f"{first.number}-2",
    )
    assert [line.text for line in second.lines.all()] == ["Espresso machine", "Beans, 1 kg"]
    assert token_of(second) != token_of(first)
    with pytest.raises(ValidationError, match="newer"):
        quote_revise(actor=rep, quote=first)


def test_a_sent_quote_is_not_edited(rep: User, make_deal: MakeDeal, unchanged: Callable[[], None]) -> None:
    quote = sent(rep, drafted(rep, make_deal))
    unchanged()
    with pytest.raises(ValidationError, match="Only a draft"):
        quote_edit(actor=rep, quote=quote, values=values(quote), lines=[BEANS], version=quote.version)
    unchanged()


def test_withdrawn_twice_is_withdrawn_once(rep: User, make_deal: MakeDeal) -> None:
    quote = quote_withdraw(actor=rep, quote=sent(rep, drafted(rep, make_deal)))
    version = quote.version
    assert quote_withdraw(actor=rep, quote=quote).version == version


def test_no_quote_of_a_closed_deal_is_made_or_sent(rep: User, make_deal: MakeDeal) -> None:
    quote = drafted(rep, make_deal)
    deal, _order = deal_win(actor=rep, deal=quote.deal)
    with pytest.raises(ValidationError, match="closed"):
        quote_create(actor=rep, deal=deal)
    with pytest.raises(ValidationError, match="closed"):
        sent(rep, quote)


def test_quotes_past_their_day_expire(rep: User, make_deal: MakeDeal) -> None:
    late, held = sent(rep, drafted(rep, make_deal)), sent(rep, drafted(rep, make_deal))
    Quote.objects.filter(pk=late.pk).update(valid_until=company_day() - timedelta(days=1))
    assert Quote.objects.get(pk=late.pk).status_now == "expired"
    assert (quotes_expire(), quotes_expire()) == (1, 0)
    assert [Quote.objects.get(pk=pk).status for pk in (late.pk, held.pk)] == ["expired", "sent"]


def test_tax_and_terms_are_those_of_the_last_quote(rep: User, make_deal: MakeDeal) -> None:
    first = drafted(rep, make_deal)
    quote_edit(
        actor=rep, quote=first, values=values(first, tax_rate=Decimal(21), terms="Cash."), lines=[BEANS],
        version=first.version,
    )  # fmt: skip
    sent(rep, first)
    found = new_values(rep, first.deal)
    assert (found["tax_rate"], found["terms"]) == (Decimal(21), "Cash.")


def test_whoever_may_not_see_the_deal_does_not_see_the_quote(
    rep: User, narrow: User, agent: User, make_deal: MakeDeal, unchanged: Callable[[], None]
) -> None:
    quote = sent(rep, drafted(rep, make_deal))
    assert not Quote.objects.visible_to(narrow).exists()
    assert search(narrow, str(quote)) == []
    assert [hit.object_id for hit in search(rep, quote.number)] == [quote.pk]
    unchanged()
    for refused, user in ((Http404, narrow), (PermissionDenied, agent)):
        for ask in (quote_withdraw, quote_revise, quote_send):
            with pytest.raises(refused):
                ask(actor=user, quote=quote)  # type: ignore[operator]
    unchanged()


def test_a_quote_follows_its_deal_to_a_new_owner(rep: User, narrow: User, make_deal: MakeDeal) -> None:
    quote = drafted(rep, make_deal)
    Deal.objects.filter(pk=quote.deal_id).update(owner=narrow)
    assert [hit.object_id for hit in search(narrow, quote.number)] == [quote.pk]


def test_lines_changed_later_leave_the_quote_alone(rep: User, make_deal: MakeDeal) -> None:
    quote = drafted(rep, make_deal)
    deal = Deal.objects.get(pk=quote.deal_id)
    deal_lines_save(actor=rep, deal=deal, lines=[BEANS], version=deal.version)
    assert quote.lines.count() == 2
