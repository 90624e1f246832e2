"""The pages of deals: the list, the board, a record, moving a card, winning and losing in dialogs."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from crm.staff.models import User
from sales.models import Deal, LossReason, Order, Stage
from sales.services.deal import deal_edit
from sales.services.deal_stage import deal_move

HTMX = {"HX-Request": "true"}
MakeDeal = Callable[..., Deal]
SignIn = Callable[[User], Client]


@pytest.fixture
def deal(rep: User, make_deal: MakeDeal) -> Deal:
    return make_deal(rep)


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_board_has_a_column_for_each_open_stage_with_count_sum_and_weighted_sum(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    for name in ("Qualified", "Qualified", "Negotiation"):
        make_deal(rep, stage=stages[name])
    columns = sign_in(rep).get("/deals/board/").context["board"]["columns"]
    assert [(column.label, column.count) for column in columns] == [
        ("Qualified", 2),
        ("Needs known", 0),
        ("Quote sent", 0),
        ("Negotiation", 1),
    ]
    assert columns[0].sums == [("Amount in company currency", "$1,800"), ("Weighted", "$180")]


def test_the_rest_of_a_column_comes_after_its_first_cards(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    first = make_deal(rep)
    Deal.objects.bulk_create(
        [
            Deal(
                name=f"Deal {index}", customer=first.customer, payer=first.payer, pipeline=first.pipeline,
                stage=first.stage, owner=rep, team=first.team, currency="USD", rated_on=first.rated_on,
                close_on=first.close_on,
            )
            for index in range(59)
        ]
    )  # fmt: skip
    client, seen = sign_in(rep), set()
    page = client.get("/deals/board/").content.decode()
    while page:
        seen |= set(re.findall(r'data-id="(\d+)"', page))
        more = re.search(r'href="(\?[^"]*)" data-more', page)
        address = more[1].replace("&amp;", "&") if more else ""
        page = client.get(f"/deals/board/{address}", headers=HTMX).content.decode() if address else ""
    assert len(seen) == 60


def test_the_board_costs_few_queries(
    rep: User, make_deal: MakeDeal, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    for _index in range(3):
        make_deal(rep)
    client = sign_in(rep)
    client.get("/deals/board/")
    with count_queries() as counted:
        client.get("/deals/board/")
    assert len(counted) <= 12


def test_a_card_is_moved_and_its_toast_takes_it_back(
    rep: User, deal: Deal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    client = sign_in(rep)
    data = {"value": stages["Negotiation"].pk, "version": deal.version}
    answer = client.post(f"/deals/{deal.pk}/move/", data, headers=HTMX)
    assert (answer.status_code, Deal.objects.get(pk=deal.pk).stage) == (204, stages["Negotiation"])
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    assert client.post(undo, headers=HTMX).status_code == 204
    assert Deal.objects.get(pk=deal.pk).stage == stages["Qualified"]


def test_moving_a_card_costs_few_queries(
    rep: User, deal: Deal, stages: dict[str, Stage], sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client = sign_in(rep)
    client.get("/deals/board/")
    with count_queries() as counted:
        client.post(
            f"/deals/{deal.pk}/move/", {"value": stages["Negotiation"].pk, "version": 1}, headers=HTMX
        )
    asked = [query["sql"] for query in counted if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 9, "\n".join(asked)


def test_who_comes_second_is_told_where_the_card_is(
    rep: User, deal: Deal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    seen = deal.version
    deal_move(actor=rep, deal=deal, stage=stages["Negotiation"])
    data = {"value": stages["Needs known"].pk, "version": seen}
    answer = sign_in(rep).post(f"/deals/{deal.pk}/move/", data, headers=HTMX)
    assert answer.status_code == 409
    assert "it is in Negotiation now" in answer.content.decode()
    assert Deal.objects.get(pk=deal.pk).stage == stages["Negotiation"]


def test_a_board_that_did_not_change_is_not_sent_again(
    rep: User, deal: Deal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    Deal.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    client = sign_in(rep)
    stamp = client.get("/deals/board/").context["board"]["stamp"]
    assert client.get("/deals/board/", {"stamp": stamp}, headers=HTMX).status_code == 204
    deal_move(actor=rep, deal=deal, stage=stages["Negotiation"])
    assert client.get("/deals/board/", {"stamp": stamp}, headers=HTMX).status_code == 200


def test_winning_in_the_dialog_places_the_order(rep: User, deal: Deal, sign_in: SignIn) -> None:
    client = sign_in(rep)
    assert "becomes an order of today" in text(client.get(f"/deals/{deal.pk}/win/", headers=HTMX))
    answer = client.post(f"/deals/{deal.pk}/win/", {"version": deal.version}, headers=HTMX)
    assert answer.headers["HX-Refresh"] == "true"
    assert Order.objects.get(deal=deal).amount == 900
    assert Order.objects.get(deal=deal).external_id in text(client.get(f"/deals/{deal.pk}/"))


def test_a_deal_is_not_lost_without_a_reason(
    rep: User, deal: Deal, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"/deals/{deal.pk}/lose/", {"version": deal.version}, headers=HTMX)
    assert (answer.status_code, "This field is required" in text(answer)) == (422, True)
    unchanged()


def test_a_lost_deal_says_why_and_can_be_reopened(
    rep: User, deal: Deal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    client, reason = sign_in(rep), LossReason.objects.get(name="No budget")
    client.post(
        f"/deals/{deal.pk}/lose/", {"version": deal.version, "reason": reason.pk, "note": "Next year"}
    )
    page = text(client.get(f"/deals/{deal.pk}/"))
    assert "No budget" in page
    assert "Next year" in page
    version = Deal.objects.get(pk=deal.pk).version
    client.post(f"/deals/{deal.pk}/reopen/", {"version": version, "stage": stages["Needs known"].pk})
    assert Deal.objects.get(pk=deal.pk).stage == stages["Needs known"]


def test_two_people_lose_the_same_deal(
    rep: User, deal: Deal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    seen, reason = deal.version, LossReason.objects.get(name="No budget")
    deal_move(actor=rep, deal=deal, stage=stages["Negotiation"])
    answer = sign_in(rep).post(
        f"/deals/{deal.pk}/lose/", {"version": seen, "reason": reason.pk}, headers=HTMX
    )
    assert answer.status_code == 409
    assert "it is in Negotiation now" in text(answer)
    assert Deal.objects.get(pk=deal.pk).state == "open"


def test_lines_are_saved_and_make_the_amount(rep: User, deal: Deal, sign_in: SignIn) -> None:
    data = {
        "version": deal.version,
        "lines-TOTAL_FORMS": 2, "lines-INITIAL_FORMS": 0,
        "lines-0-text": "Beans", "lines-0-quantity": "10", "lines-0-unit_amount": "18", "lines-0-discount_rate": "10",
        "lines-1-text": "Delivery", "lines-1-quantity": "1", "lines-1-unit_amount": "20",
    }  # fmt: skip
    sign_in(rep).post(f"/deals/{deal.pk}/lines/", data)
    assert Deal.objects.get(pk=deal.pk).amount == 182
    assert [line.line_amount for line in deal.lines.all()] == [162, 20]


def test_a_stale_set_of_lines_replaces_nothing(
    rep: User, deal: Deal, stages: dict[str, Stage], sign_in: SignIn
) -> None:
    data = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-0-text": "X", "lines-0-quantity": 1,
            "lines-0-unit_amount": 5, "version": deal.version}  # fmt: skip
    deal_move(actor=rep, deal=deal, stage=stages["Negotiation"])
    assert sign_in(rep).post(f"/deals/{deal.pk}/lines/", data).status_code == 409
    assert not deal.lines.exists()


def test_the_customer_of_a_deal_stays_hidden_from_who_may_not_see_them(
    rep: User, narrow: User, deal: Deal, sign_in: SignIn
) -> None:
    Deal.objects.filter(pk=deal.pk).update(owner=narrow)
    client = sign_in(narrow)
    for page in (f"/deals/{deal.pk}/", f"/deals/{deal.pk}/peek/", "/deals/", "/deals/board/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "Café Sole" not in answer.content.decode(), page


def test_a_deal_sent_twice_is_one(rep: User, deal: Deal, sign_in: SignIn) -> None:
    client = sign_in(rep)
    page = client.get("/deals/new/").content.decode()
    key = re.search(r'name="submission" value="([^"]+)"', page)
    assert key
    data = {"submission": key[1], "customer": deal.customer_id, "name": "Twice", "stage": deal.stage_id,
            "currency": "USD"}  # fmt: skip
    with transaction.atomic():
        for _time in range(2):
            client.post("/deals/new/", data)
    assert Deal.objects.filter(name="Twice").count() == 1


def test_a_file_of_a_deal_is_kept_with_it_and_hidden_with_it(
    rep: User, narrow: User, deal: Deal, sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = sign_in(rep)
    data = {"file": SimpleUploadedFile("tender.pdf", b"x"), "about": f"sales.deal:{deal.pk}"}
    answer = client.post(f"/customers/{deal.customer_id}/attachments/", data)
    assert answer.headers["Location"] == f"/deals/{deal.pk}/?tab=files"
    assert "tender.pdf" in client.get(f"/deals/{deal.pk}/?tab=files").content.decode()
    deal.customer.owner = narrow
    deal.customer.save()
    other = sign_in(narrow)
    assert "tender.pdf" not in other.get(f"/customers/{deal.customer_id}/").content.decode()
    data = {"file": SimpleUploadedFile("guess.pdf", b"x"), "about": f"sales.deal:{deal.pk}"}
    assert other.post(f"/customers/{deal.customer_id}/attachments/", data).status_code == 404


def test_a_probability_is_set_with_its_reason(rep: User, make_deal: MakeDeal, sign_in: SignIn) -> None:
    deal, client = make_deal(rep), sign_in(rep)
    address = f"/deals/{deal.pk}/probability/"
    alone = {"version": deal.version, "probability": "80", "probability_reason": ""}
    assert client.post(address, alone).status_code == 422
    both = {**alone, "probability_reason": "They signed the letter"}
    client.post(address, both)
    deal.refresh_from_db()
    assert (deal.probability, deal.probability_reason) == (80, "They signed the letter")
    assert client.post(address, {**both, "probability": "70"}).status_code == 409


def test_a_reason_alone_is_not_thrown_away_in_silence(rep: User, make_deal: MakeDeal) -> None:
    deal = make_deal(rep)
    with pytest.raises(ValidationError, match="Set both together"):
        deal_edit(actor=rep, deal=deal, values={"probability_reason": "Signed"}, version=deal.version)
