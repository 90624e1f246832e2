"""The pages of quotes: made with one click, edited, sent from a dialog, and read in few questions to the database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from contacts.kinds import CUSTOMERS
from contacts.models import Customer
from crm.company.selectors import company_day
from crm.mail.models import OutgoingMail
from crm.rules.compile import condition
from crm.rules.tree import read_tree
from crm.staff.models import User
from sales.models import Deal, Quote, Stage
from sales.services.quote import quote_revise
from sales.services.quote_file import quote_file_make
from tests.sales.quotes import MakeDeal, drafted, sent

SignIn = Callable[[User], Client]
LIST_BUDGET, RECORD_BUDGET = 12, 26


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def quote(rep: User, make_deal: MakeDeal) -> Quote:
    made = drafted(rep, make_deal)
    quote_file_make(made.pk)
    return Quote.objects.get(pk=made.pk)


def test_one_click_makes_a_draft_and_a_second_click_no_other(
    rep: User, make_deal: MakeDeal, sign_in: SignIn
) -> None:
    deal, client = make_deal(rep), sign_in(rep)
    found = [client.post(f"/deals/{deal.pk}/quotes/", {"submission": "k"}) for _click in range(2)]
    quote = Quote.objects.get(deal=deal)
    assert [answer.headers["Location"] for answer in found] == [f"/quotes/{quote.pk}/"] * 2
    page = client.get(f"/deals/{deal.pk}/").content.decode()
    assert f"/quotes/{quote.pk}/" in page


def form(quote: Quote, **more: str) -> dict[str, str]:
    return {
        "version": str(quote.version), "title": "Two bars", "receiver_name": "Café Sole", "receiver_address": "",
        "valid_until": f"{quote.valid_until:%Y-%m-%d}", "tax_rate": "19", "intro": "Hello", "terms": "Cash",
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-text": "Bar", "lines-0-quantity": "2",
        "lines-0-unit_amount": "50", "lines-0-discount_rate": "10", **more,
    }  # fmt: skip


def test_a_draft_is_edited_with_its_lines(rep: User, quote: Quote, sign_in: SignIn) -> None:
    client = sign_in(rep)
    shown = client.get(f"/quotes/{quote.pk}/edit/").content.decode()
    assert 'value="4890"' in shown
    assert client.post(f"/quotes/{quote.pk}/edit/", form(quote)).status_code == 302
    quote.refresh_from_db()
    assert [str(quote.net_amount), str(quote.tax_amount), str(quote.total_amount)] == [
        "90.00",
        "17.10",
        "107.10",
    ]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"tax_rate": "140"}, 422),
        ({"tax_rate": "-1"}, 422),
        ({"valid_until": "1970-01-01"}, 422),
        ({"valid_until": "soon"}, 422),
        ({"lines-0-quantity": "-1"}, 422),
        ({"lines-0-unit_amount": "9" * 15}, 422),
        ({"title": "a\u202eb"}, 422),
        (
            {
                "lines-0-text": "",
                "lines-0-quantity": "1",
                "lines-0-unit_amount": "",
                "lines-0-discount_rate": "",
            },
            422,
        ),
        ({"version": "0"}, 409),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    rep: User,
    quote: Quote,
    sign_in: SignIn,
    unchanged: Callable[[], None],
    wrong: dict[str, str],
    status: int,
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"/quotes/{quote.pk}/edit/", form(quote, **wrong))
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    unchanged()


def test_the_dialog_sends_one_mail_and_moves_the_deal_only_when_asked(
    rep: User, quote: Quote, sign_in: SignIn, stages: dict[str, Stage]
) -> None:
    client = sign_in(rep)
    shown = client.get(f"/quotes/{quote.pk}/send/").content.decode()
    assert f"Quote {quote} from Halden &amp; Ruiz" in shown
    said = {
        "version": str(quote.version), "to": "giulia@sole.example", "subject": "Quote", "text": "Hello",
        "stage": str(stages["Quote sent"].pk), "submission": "k",
    }  # fmt: skip
    for _click in range(2):
        assert client.post(f"/quotes/{quote.pk}/send/", said).status_code == 302
    assert OutgoingMail.objects.filter(kind="quote").count() == 1
    assert Deal.objects.get(pk=quote.deal_id).stage == stages["Quote sent"]
    assert client.post(f"/quotes/{quote.pk}/send/", said | {"submission": "other"}).status_code == 409
    assert OutgoingMail.objects.filter(kind="quote").count() == 1


@pytest.mark.parametrize("wrong", [{"to": "nobody"}, {"subject": ""}, {"text": ""}, {"stage": "999999"}])
def test_a_mail_that_cannot_be_is_refused(
    rep: User, quote: Quote, sign_in: SignIn, wrong: dict[str, str], unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    said = {"version": str(quote.version), "to": "a@b.example", "subject": "Quote", "text": "Hello"}
    unchanged()
    assert client.post(f"/quotes/{quote.pk}/send/", said | wrong).status_code == 422
    unchanged()


def test_versions_stand_side_by_side(rep: User, make_deal: MakeDeal, sign_in: SignIn) -> None:
    first = sent(rep, drafted(rep, make_deal))
    second = quote_revise(actor=rep, quote=first)
    page = sign_in(rep).get(f"/quotes/{second.pk}/?beside={first.pk}").content.decode()
    assert page.count('class="paper"') == 2
    other = drafted(rep, make_deal)
    page = sign_in(rep).get(f"/quotes/{second.pk}/?beside={other.pk}").content.decode()
    assert page.count('class="paper"') == 1


def test_the_margin_is_for_those_who_may_know_it(
    rep: User, agent: User, quote: Quote, sign_in: SignIn
) -> None:
    rep.roles.update(field_groups={"finance": "hidden"})
    page = sign_in(rep).get(f"/quotes/{quote.pk}/").content.decode()
    assert "Margin" not in page


def test_list_and_record_ask_little_however_many_there_are(
    rep: User, narrow: User, make_deal: MakeDeal, sign_in: SignIn, count_queries: Any
) -> None:
    made = [drafted(rep, make_deal) for _number in range(4)]
    Deal.objects.filter(pk__in=[row.deal_id for row in made[:3]]).update(owner=narrow)
    for user, seen in ((rep, 4), (narrow, 3)):
        client = sign_in(user)
        client.get("/quotes/")
        with count_queries() as asked:
            html = client.get("/quotes/").content.decode()
        assert html.count('id="row-') == seen
        assert len(asked) <= LIST_BUDGET, len(asked)
    with count_queries() as asked:
        assert sign_in(rep).get(f"/quotes/{made[3].pk}/").status_code == 200
    assert len(asked) <= RECORD_BUDGET, len(asked)


def test_lists_find_quotes_by_number_state_and_owner(rep: User, make_deal: MakeDeal, sign_in: SignIn) -> None:
    late, held = sent(rep, drafted(rep, make_deal)), sent(rep, drafted(rep, make_deal))
    Quote.objects.filter(pk=late.pk).update(valid_until=company_day().replace(year=2025))
    client = sign_in(rep)

    def found(query: str) -> set[int]:
        html = client.get(f"/quotes/?{query}").content.decode()
        return {quote.pk for quote in (late, held) if f'id="row-{quote.pk}"' in html}

    assert found(f"q={held.number}") == {held.pk}
    assert found("status=expired") == {late.pk}
    assert found("status=sent") == {held.pk}
    assert found("owner=me") == {late.pk, held.pk}
    assert found("owner=none") == set()


def test_rules_about_customers_ask_for_their_quotes(rep: User, make_deal: MakeDeal) -> None:
    quote = sent(rep, drafted(rep, make_deal))
    where = {"field": "status", "op": "any_of", "value": ["sent"]}
    rule = read_tree({"related": "quotes", "op": "some", "where": where})
    assert Customer.objects.get(condition(CUSTOMERS, rep, rule)) == quote.deal.customer
