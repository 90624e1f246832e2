"""Deals and leads by the API: created, moved, won, lost for a reason, converted."""

from collections.abc import Callable

from crm.staff.models import User
from sales.models import Deal, Lead, LossReason, Order, Stage
from tests.crm.api.conftest import Api


def test_a_deal_goes_its_way(
    rep: User, api: Api, make_deal: Callable[..., Deal], stages: dict[str, Stage]
) -> None:
    customer, client = make_deal(rep).customer, api(rep)
    lines = [{"text": "Machine", "quantity": "2", "unit_amount": "450", "discount_rate": "10"}]
    made = client.post("deals/", {"name": "Bar", "customer": customer.pk, "lines": lines})
    assert made.status_code == 201, made.content
    deal = made.json()
    assert (deal["amount"]["amount"] if isinstance(deal["amount"], dict) else deal["amount"]) == "810.00"
    path, etag = f"deals/{deal['id']}/", made.headers["ETag"]
    moved = client.patch(path, {"stage": stages["Negotiation"].pk}, If_Match=etag)
    assert moved.status_code == 200, moved.content
    assert Deal.objects.get(pk=deal["id"]).stage == stages["Negotiation"]
    assert client.patch(path, {"name": "Stale"}, If_Match=etag).status_code == 412
    assert client.post(f"{path}win/").status_code == 200
    assert Order.objects.get(deal=deal["id"]).amount == 810


def test_losing_needs_its_reason(rep: User, api: Api, make_deal: Callable[..., Deal]) -> None:
    deal, client = make_deal(rep), api(rep)
    assert client.post(f"deals/{deal.pk}/lose/").status_code == 422
    assert client.post(f"deals/{deal.pk}/lose/", {"reason": 0}).status_code == 422
    reason = LossReason.objects.get(name="No budget")
    assert (
        client.post(f"deals/{deal.pk}/lose/", {"reason": reason.pk, "note": "Next year"}).status_code == 200
    )
    assert Deal.objects.get(pk=deal.pk).loss_reason == reason


def test_bad_values_are_told_at_their_field(
    rep: User, api: Api, make_deal: Callable[..., Deal], unchanged: Callable[[], None]
) -> None:
    deal, client = make_deal(rep), api(rep)
    client.get("deals/")
    for values, field in (
        ({"amount": "-5"}, "amount"),
        ({"probability": 140}, "probability"),
        ({"close_on": "1970-01-01"}, "close_on"),
        ({"currency": "XXX"}, "currency"),
        ({"stage": 10**9}, "stage"),
    ):
        answer = client.patch(f"deals/{deal.pk}/", values, If_Match="*")
        assert answer.status_code == 422, values
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Deal.objects.get(pk=deal.pk).version == deal.version


def test_a_lead_becomes_a_deal(rep: User, api: Api, stages: dict[str, Stage]) -> None:
    client = api(rep)
    made = client.post(
        "leads/", {"name": "Nora", "email": "nora@x.example", "source": "Website", "note": "Hello"}
    )
    assert made.status_code == 201, made.content
    path = f"leads/{made.json()['id']}/"
    assert client.post(f"{path}convert/", {"name": "Bar", "stage": stages["Qualified"].pk}).status_code == 200
    assert (Lead.objects.get().status, Deal.objects.get().lead_source) == ("qualified", "Website")


def test_who_may_not_see_the_deal_meets_nothing(
    rep: User, narrow: User, api: Api, make_deal: Callable[..., Deal], unchanged: Callable[[], None]
) -> None:
    deal, client = make_deal(rep), api(narrow)
    unchanged()
    for verb in ("win", "lose", "reopen"):
        assert client.post(f"deals/{deal.pk}/{verb}/").status_code == 404
    assert client.get(f"deals/{deal.pk}/").status_code == 404
    unchanged()
