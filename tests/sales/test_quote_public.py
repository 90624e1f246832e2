"""The page behind a quote's link: read, accepted, declined by people without an account, and nothing else."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Customer, DirtyCustomer
from crm.company.selectors import company_day
from crm.money.models import ExchangeRate
from crm.notifications.models import Notification
from crm.publicforms.guard import HONEYPOT
from crm.records.timeline import timeline
from crm.staff.models import User
from sales.models import Deal, LossReason, Order, Quote
from sales.services import quote_answer
from sales.services.deal_lines import deal_lines_save
from sales.services.deal_stage import deal_lose, deal_win
from sales.services.order import Line
from sales.services.quote import quote_create, quote_revise, quote_withdraw, token_of
from sales.services.quote_answer import QuoteClosed, quote_accept, quote_decline, quote_open
from sales.services.quote_file import quote_file_make
from sales.services.quote_send import quote_send
from tests.sales.quotes import BEANS, MakeDeal, drafted, sent

STAMP = re.compile(r'name="shown_at" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of its own; nobody is taken for a program because the test types fast."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("crm.publicforms.guard.FASTEST", timedelta(seconds=-1))


@pytest.fixture
def quote(rep: User, make_deal: MakeDeal) -> Quote:
    return sent(rep, drafted(rep, make_deal))


def page(quote: Quote, verb: str = "") -> str:
    return f"/q/{token_of(quote)}/{verb}"


def typed(client: Client, quote: Quote, **more: str) -> dict[str, str]:
    found = STAMP.search(client.get(page(quote)).content.decode())
    stamp = found[1] if found else ""
    return {"name": "Giulia Rossi", "may_order": "on", "shown_at": stamp, **more}


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_customer_reads_what_is_offered_and_nothing_of_the_program(quote: Quote) -> None:
    answer = Client().get(page(quote))
    said = text_of(answer)
    assert {"Espresso machine", "Café Sole", "$5,325.00"} <= {word for word in (
        "Espresso machine", "Café Sole", "$5,325.00") if word in said}  # fmt: skip
    html = answer.content.decode()
    for leaked in ("/deals/", "/quotes/", "/customers/", "margin", "Tenure", "probability"):
        assert leaked not in html
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "sessionid" not in answer.cookies


def test_reading_writes_nothing(quote: Quote, unchanged: Callable[[], None]) -> None:
    unchanged()
    client = Client()
    for verb in ("", "accept/", "decline/", "opened/", "pdf/"):
        assert client.get(page(quote, verb)).status_code in (200, 302)
        assert client.head(page(quote, verb)).status_code in (200, 302)
    unchanged()


def test_accepting_wins_the_deal_and_orders_what_was_accepted(rep: User, quote: Quote) -> None:
    deal = Deal.objects.get(pk=quote.deal_id)
    deal_lines_save(actor=rep, deal=deal, lines=[BEANS], version=deal.version)
    other = quote_create(actor=rep, deal=Deal.objects.get(pk=deal.pk))
    DirtyCustomer.objects.all().delete()
    client = Client()
    answer = client.post(
        page(quote, "accept/"), typed(client, quote, order_reference="PO-7"), REMOTE_ADDR="192.0.2.9"
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, page(quote))
    order, found = Order.objects.get(deal=deal), Quote.objects.get(pk=quote.pk)
    assert (order.amount, order.currency) == (Decimal(5325), "USD")
    assert [line.text for line in order.lines.all()] == ["Espresso machine", "Beans, 1 kg"]
    assert (found.status, found.answered_by, found.answered_ip) == ("accepted", "Giulia Rossi", "192.0.2.9")
    assert (found.order_reference, Deal.objects.get(pk=deal.pk).state) == ("PO-7", "won")
    assert Quote.objects.get(pk=other.pk).status == "replaced"
    assert DirtyCustomer.objects.filter(customer_id=order.payer_id, kind="order").exists()
    assert "Giulia Rossi accepted" in Notification.objects.get(user=rep, kind="quote").text
    assert "You accepted this quote" in text_of(client.get(page(quote)))


def test_accepted_twice_is_accepted_once(quote: Quote) -> None:
    client = Client()
    said = typed(client, quote)
    for _time in range(2):
        assert client.post(page(quote, "accept/"), said).status_code == 302
    assert Order.objects.filter(deal=quote.deal_id).count() == 1
    assert Notification.objects.filter(kind="quote").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"may_order": ""},
        {"name": "x" * 121},
        {"name": "a\u202eb"},
        {HONEYPOT: "x"},
        {"shown_at": ""},
    ],
)
def test_what_is_missing_is_said_and_nothing_is_ordered(quote: Quote, wrong: dict[str, str]) -> None:
    client = Client()
    answer = client.post(page(quote, "accept/"), typed(client, quote) | wrong)
    assert answer.status_code == 422
    assert "error" in answer.content.decode()
    assert not Order.objects.exists()
    assert Quote.objects.get(pk=quote.pk).status == "sent"


def test_after_a_refusal_the_form_can_be_sent_again(quote: Quote) -> None:
    client = Client()
    answer = client.post(page(quote, "accept/"), typed(client, quote, shown_at="old"))
    found = STAMP.search(answer.content.decode())
    assert found is not None
    again = {"name": "Giulia Rossi", "may_order": "on", "shown_at": found[1]}
    assert client.post(page(quote, "accept/"), again).status_code == 302


def test_an_answer_that_cannot_be_recorded_is_told_and_leaves_nothing(rep: User, make_deal: MakeDeal) -> None:
    day = company_day() - timedelta(days=9)
    rate = ExchangeRate.objects.create(currency="SEK", valid_on=day, rate=Decimal("0.1"))
    quote = sent(rep, drafted(rep, make_deal, currency="SEK"))
    rate.delete()
    client = Client()
    answer = client.post(page(quote, "accept/"), typed(client, quote))
    assert answer.status_code == 422
    assert "could not be recorded" in text_of(answer)
    assert (Quote.objects.get(pk=quote.pk).status, Order.objects.count()) == ("sent", 0)


def test_nobody_answers_without_end(quote: Quote) -> None:
    client = Client()
    said = typed(client, quote) | {"name": ""}
    found = [client.post(page(quote, "accept/"), said).status_code for _time in range(41)]
    assert found[-1] == 429


def test_declining_keeps_the_reason_and_leaves_the_deal_open(rep: User, quote: Quote) -> None:
    client = Client()
    said = {"reason": "Too dear", "shown_at": typed(client, quote)["shown_at"]}
    assert client.post(page(quote, "decline/"), said).status_code == 302
    found = Quote.objects.get(pk=quote.pk)
    assert (found.status, found.answer_note, Deal.objects.get(pk=quote.deal_id).state) == (
        "declined",
        "Too dear",
        "open",
    )
    assert "was declined" in text_of(client.get(page(quote)))
    with pytest.raises(QuoteClosed):
        quote_accept(quote=quote, name="Giulia", ip=None)


def expire(actor: User, quote: Quote) -> None:
    Quote.objects.filter(pk=quote.pk).update(valid_until=company_day() - timedelta(days=1))


def withdraw(actor: User, quote: Quote) -> None:
    quote_withdraw(actor=actor, quote=quote)


def replace(actor: User, quote: Quote) -> None:
    quote_revise(actor=actor, quote=quote)


def win(actor: User, quote: Quote) -> None:
    deal_win(actor=actor, deal=quote.deal)


def delete(actor: User, quote: Quote) -> None:
    Deal.objects.filter(pk=quote.deal_id).update(deleted_at=timezone.now())


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (expire, "This quote has expired"),
        (withdraw, "This quote was withdrawn"),
        (replace, "There is a newer quote"),
        (win, "This has been ordered already"),
        (delete, "This quote was withdrawn"),
    ],
)
def test_what_is_over_says_so_and_is_not_accepted(
    rep: User, quote: Quote, happens: Callable[[User, Quote], None], words: str
) -> None:
    client = Client()
    said = typed(client, quote)
    happens(rep, quote)
    orders = Order.objects.count()
    shown = client.get(page(quote))
    assert words in text_of(shown)
    assert "accept/" not in shown.content.decode()
    answers = [client.post(page(quote, verb), said) for verb in ("accept/", "decline/")]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert words in text_of(answers[0])
    assert Order.objects.count() == orders


def test_a_replaced_quote_leads_to_the_newer_one_once_that_was_sent(rep: User, quote: Quote) -> None:
    fresh = quote_revise(actor=rep, quote=quote)
    address = page(fresh)
    assert address not in Client().get(page(quote)).content.decode()
    assert Client().get(address).status_code == 404
    quote_file_make(fresh.pk)
    quote_send(actor=rep, quote=Quote.objects.get(pk=fresh.pk))
    assert address in Client().get(page(quote)).content.decode()
    assert Client().get(address).status_code == 200


def test_a_deal_that_was_lost_meanwhile_is_won_by_the_acceptance(rep: User, quote: Quote) -> None:
    deal_lose(actor=rep, deal=Deal.objects.get(pk=quote.deal_id), reason=LossReason.objects.all()[0])
    quote_accept(quote=quote, name="Giulia", ip=None)
    deal = Deal.objects.get(pk=quote.deal_id)
    assert (deal.state, deal.loss_reason, Order.objects.filter(deal=deal).count()) == ("won", None, 1)
    assert "was lost" in Notification.objects.get(user=rep, kind="quote").text


def test_links_that_are_none_are_all_alike(rep: User, quote: Quote, make_deal: MakeDeal) -> None:
    draft = drafted(rep, make_deal)
    tokens = [token_of(draft), token_of(quote)[:-1] + "_", "x", "a" * 5000, "%00", "..", "1"]
    found = [Client().get(f"/q/{token}/") for token in tokens]
    assert [answer.status_code for answer in found] == [404] * len(tokens)
    assert len({text_of(answer) for answer in found[:4]}) == 1
    for verb in ("accept/", "decline/", "opened/"):
        assert Client().post(f"/q/{tokens[1]}/{verb}", {"name": "x"}).status_code == 404


def test_the_table_alone_tells_no_link(quote: Quote) -> None:
    token = token_of(quote)
    assert len(token) == 32
    assert token not in {str(getattr(quote, field.attname)) for field in Quote._meta.concrete_fields}


def test_forged_answers_are_refused(quote: Quote) -> None:
    client = Client(enforce_csrf_checks=True)
    said = typed(client, quote)
    assert client.post(page(quote, "accept/"), said).status_code == 403
    assert not Order.objects.exists()


def test_the_first_opening_is_told_once_and_colleagues_do_not_count(
    rep: User, quote: Quote, sign_in: Callable[[User], Client]
) -> None:
    assert sign_in(rep).post(page(quote, "opened/")).status_code == 204
    assert Quote.objects.get(pk=quote.pk).opened_at is None
    for _time in range(2):
        assert Client().post(page(quote, "opened/")).status_code == 204
    assert Quote.objects.get(pk=quote.pk).opened_at is not None
    assert Notification.objects.filter(user=rep, kind="quote").count() == 1


def test_the_file_is_the_one_that_was_sent(quote: Quote) -> None:
    answer = Client().get(page(quote, "pdf/"))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert f'filename="{quote}.pdf"' in answer.headers["Content-Disposition"]


def test_hostile_words_are_shown_as_they_are(rep: User, make_deal: MakeDeal) -> None:
    line = Line(Decimal(1), Decimal(5), text="<script>alert(1)</script> {{ 7|add:7 }}")
    quote = sent(rep, drafted(rep, make_deal, line))
    html = Client().get(page(quote)).content.decode()
    assert "<script>alert" not in html
    assert "{{ 7|add:7 }}" in html


def test_the_timeline_tells_what_became_of_it_to_those_who_see_the_deal(
    rep: User, narrow: User, quote: Quote
) -> None:
    quote_open(quote=quote)
    quote_decline(quote=Quote.objects.get(pk=quote.pk), ip=None, name="Giulia", reason="Too dear")
    customer = Customer.objects.get(pk=quote.deal.customer_id)
    kinds = [entry.kind for entry in timeline(rep, customer, None)[0]]
    assert [kind for kind in kinds if kind != "deal"] == ["quote_declined", "quote_opened", "quote_sent"]
    assert timeline(narrow, customer, None)[0] == []


# --- two browsers at the same moment -------------------------------------------------------------------------------


def at_once(work: Callable[[], Any], times: int = 4) -> list[Any]:
    """What each of several threads came to; a fault stands for itself."""
    found: list[Any] = []

    def one() -> None:
        try:
            found.append(work())
        except Exception as fault:  # noqa: BLE001 - the test looks at it
            found.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _time in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.django_db(transaction=True)
def test_accepted_in_several_browsers_at_once_is_one_order(quote: Quote) -> None:
    found = at_once(lambda: quote_accept(quote=Quote.objects.get(pk=quote.pk), name="Giulia", ip=None))
    assert [fault for fault in found if isinstance(fault, Exception)] == []
    assert Order.objects.filter(deal=quote.deal_id).count() == 1
    assert Deal.objects.get(pk=quote.deal_id).stage_changes.filter(to_stage__kind="won").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_several_would_begin_to_order(quote: Quote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: each reads a quote that waits for an answer, and only what the database forbids stops the others."""
    barrier = threading.Barrier(4, timeout=20)

    def unlocked(quote: Quote) -> tuple[Deal, Quote]:
        found = Quote.objects.select_related("deal").get(pk=quote.pk)
        barrier.wait()
        return found.deal, found

    monkeypatch.setattr(quote_answer, "locked", unlocked)
    found = at_once(lambda: quote_accept(quote=Quote.objects.get(pk=quote.pk), name="Giulia", ip=None))
    assert [fault for fault in found if isinstance(fault, Exception)] != []


def test_the_link_of_the_mail_is_the_page(quote: Quote) -> None:
    assert reverse("sales:quote-public", args=[token_of(quote)]) == page(quote)
