"""The value panel, the grids and the model page: full terms, honest states, doors, budgets, permissions."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.cards import CustomersThatNeedMe
from analytics.models import ValueHistory, ValueRun, ValueSettings
from analytics.panels import ValuePanel
from analytics.rfm_map import QUADRANTS
from analytics.selectors.grid import group_rows, quadrant_grid, rfm_grid, totals
from analytics.services.history import past_months_fill
from analytics.services.refresh import value_refresh
from analytics.services.settings import model_edit
from analytics.services.statistics import statistics_pull
from contacts.models import Customer, CustomerValue
from contacts.services.customer import customer_create
from crm.company.selectors import company_day
from crm.jobs.models import Job
from crm.money.formatting import risk
from crm.records.errors import StaleRecord
from crm.staff.models import User
from sales.models import Order
from tests.analytics.company import shop

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TERMS = (
    "RFM group",
    "Recency",
    "Frequency",
    "Monetary",
    "Lifetime value",
    "Churn risk",
    "Next order expected",
)


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def valued(rep: User) -> ValueRun:
    shop(300, company_day(), first=1000)
    return value_refresh()


@pytest.mark.usefixtures("valued")
def test_the_record_shows_every_term_and_the_why_of_each(rep: User, sign_in: SignIn) -> None:
    page = text_of(sign_in(rep), "/customers/1000/")
    for term in (*TERMS, "Value category", "Life cycle"):
        assert term in page
    for anchor in ("why-rfm", "why-lifetime-value", "why-churn-risk", "why-next-order"):
        assert f'id="{anchor}"' in page
    assert "80% likely between" in page
    assert "As of" in page
    assert re.search(r"last order \d+ days? ago", page)


def test_a_prospect_gets_every_term_too(rep: User, customer: Customer, sign_in: SignIn) -> None:
    page = text_of(sign_in(rep), f"/customers/{customer.pk}/")
    for term in TERMS:
        assert term in page
    assert "no orders" in page


def test_a_person_shows_what_their_organisation_is_worth(rep: User, valued: ValueRun) -> None:
    Customer.objects.filter(pk=1000).update(kind="organisation", name="Nordwind")
    person = Customer.objects.create(
        name="Ines", sort_name="ines", organisation_id=1000, team=rep.teams.get()
    )
    context = ValuePanel().context(user=rep, customer=person)
    assert context["value"].customer_id == 1000
    assert context["of_organisation"]
    assert context["run"] == valued


@pytest.mark.usefixtures("valued")
def test_panel_and_card_keep_their_query_budgets(
    rep: User, count_queries: Callable[[], CaptureQueriesContext]
) -> None:
    customer = Customer.objects.select_related("value").get(pk=1000)
    with count_queries() as queries:
        ValuePanel().context(user=rep, customer=customer)
    assert len(queries) <= ValuePanel.query_budget + 1  # and the reader's grants, read once per request
    Customer.objects.update(owner=rep)
    with count_queries() as queries:
        rows = CustomersThatNeedMe().context(user=rep)["rows"]
    assert len(queries) <= CustomersThatNeedMe.query_budget
    assert all(row.churn_risk >= 0.5 for row in rows)


@pytest.mark.usefixtures("valued")
def test_the_grid_counts_everyone_and_each_cell_opens_its_list(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    page = text_of(client, "/value/")
    for term in (
        "Customer equity",
        "RFM group",
        "Recency",
        "Frequency",
        "Monetary",
        "Revenue",
        "Lifetime value",
    ):
        assert term in page
    cells = re.findall(r'href="(/customers/\?r=\d&amp;fm=\d)".*?class="count">([\d,]+)', page, re.DOTALL)
    assert len(cells) == 25
    assert sum(int(count.replace(",", "")) for _, count in cells) == 300
    address, count = next((address, int(count)) for address, count in cells if 0 < int(count) < 40)
    assert text_of(client, address.replace("&amp;", "&")).count('href="/customers/1') >= count
    assert len(re.findall(r"quadrant=\w+", page)) == 4


@pytest.mark.usefixtures("valued")
def test_the_head_figures_are_dated_and_open_their_lists(manager: User, sign_in: SignIn) -> None:
    page = text_of(sign_in(manager), "/value/")
    assert page.index("As of") < page.index("Customer equity")
    assert "RFM window: whole history" in page
    assert "Equity at risk" in page
    for door in (
        "/customers/?sort=-lifetime_value",
        "/customers/?risk=likely&amp;sort=-lifetime_value",
        "/customers/?sort=-last_order_on",
        "/orders/?status=placed&amp;sort=-amount",
    ):
        assert f'href="{door}"' in page


@pytest.mark.usefixtures("valued")
def test_the_grid_is_shaded_by_what_it_says(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    for by, asked in (("value", ""), ("revenue", "?by=revenue"), ("count", "?by=count"), ("value", "?by=x")):
        cells = [
            cell for _r, row in client.get(f"/value/{asked}").context["grid"] for cell in row if cell.count
        ]
        hottest = max(cells, key=lambda cell: getattr(cell, by))
        assert hottest.heat == 5
        assert all(cell.heat <= hottest.heat for cell in cells)
        assert f'href="?by={by}" aria-current="true"' in text_of(client, f"/value/{asked}")


@pytest.mark.usefixtures("valued")
def test_reasons_stand_under_what_they_speak_for(rep: User) -> None:
    for pk in range(1000, 1040):
        context = ValuePanel().context(user=rep, customer=Customer.objects.select_related("value").get(pk=pk))
        assert all(reason.is_risk for reason in context["reasons_to_leave"])
        assert not any(reason.is_risk for reason in context["reasons_to_stay"])


@pytest.mark.usefixtures("valued")
def test_each_why_multiplies_out_its_figure(rep: User, sign_in: SignIn) -> None:
    value = CustomerValue.objects.filter(frequency__gt=2, next_order_on__isnull=False).order_by("pk")[0]
    customer = Customer.objects.select_related("value").get(pk=value.pk)
    worked = ValuePanel().context(user=rep, customer=customer)["worked"]
    assert f"{value.expected_purchases:,.2f} purchases x" in worked["lifetime_value"]
    days = re.search(r"= ([\d,]+) days$", worked["next_order"])
    assert days
    assert abs((value.next_order_on - value.as_of).days - int(days[1].replace(",", ""))) <= 1
    if "churn_risk" in worked:
        assert worked["churn_risk"].endswith(f"= {risk(value.churn_risk)}")
    assert worked["next_order"].split(" = ")[0] in text_of(sign_in(rep), f"/customers/{value.pk}/")


@pytest.mark.usefixtures("valued")
def test_one_order_is_told_to_be_the_average_customer(rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    once = CustomerValue.objects.filter(frequency=1)[0]
    assert "No repeat purchase yet: the average customer is assumed" in text_of(
        client, f"/customers/{once.pk}/"
    )
    often = CustomerValue.objects.filter(frequency__gt=2)[0]
    page = text_of(client, f"/customers/{often.pk}/")
    assert "No repeat purchase yet" not in page
    assert "they may disagree" in page


@pytest.mark.usefixtures("valued")
def test_customers_that_need_me_are_dated_and_headed(rep: User, sign_in: SignIn) -> None:
    Customer.objects.update(owner=rep)
    assert CustomersThatNeedMe().context(user=rep)["rows"]
    page = text_of(sign_in(rep), "/")
    assert "Churn risk, 90 days" in page
    assert "Lifetime value" in page
    assert re.search(r"As of \d+ \w+ \d{4}", page)


def test_grid_and_models_say_their_terms_when_empty(manager: User, sign_in: SignIn) -> None:
    assert "Customer equity" in text_of(sign_in(manager), "/value/")
    page = text_of(sign_in(manager), "/model/")
    assert "Holdout" in page
    assert "too little data" in page


@pytest.mark.usefixtures("valued")
def test_the_model_page_shows_all_models_beside_recency_only(manager: User, sign_in: SignIn) -> None:
    page = text_of(sign_in(manager), "/model/")
    for term in (
        "Holdout",
        "MBG/NBD",
        "Pareto/NBD",
        "Logistic regression",
        "Recency only",
        "champion",
        "Calibration",
        "Share who bought, %",
        "within one standard error",
        "Revenue x 30%",
        "whole history",
        "90 days",
    ):
        assert term in page
    assert re.search(r"r [\d.]+, alpha [\d.,]+, a [\d.,]+, b [\d.,]+", page)
    assert re.search(r"p [\d.,]+, q [\d.,]+, gamma [\d.,]+", page)


def test_each_run_has_its_page(manager: User, sign_in: SignIn, valued: ValueRun) -> None:
    older, client = valued, sign_in(manager)
    newer = value_refresh()
    page = text_of(client, "/model/")
    assert f'href="?run={older.pk}"' in page
    assert "This is run" not in page
    page = text_of(client, f"/model/?run={older.pk}")
    assert f"This is run {older.pk}" in page
    assert "Gamma-Gamma" in page
    assert f"This is run {newer.pk}" not in text_of(client, f"/model/?run={newer.pk}")
    for wrong in ("999999", "x", "9" * 30):
        text_of(client, f"/model/?run={wrong}", status=404)


@pytest.mark.usefixtures("valued")
def test_a_logistic_champion_shows_its_weights(manager: User, sign_in: SignIn) -> None:
    logistic = {"intercept": -0.5, "coefficients": [0.9, -1.1, 0.2, 0.3]}
    run = ValueRun.objects.get()
    run.parameters |= {"logistic": {"logistic": logistic, "shift": 0.25}}
    run.save()
    page = text_of(sign_in(manager), "/model/")
    assert "intercept −0.2500, repeat purchase days 0.9000, recency −1.1000" in page


def posted(**changes: object) -> dict[str, object]:
    settings = ValueSettings.objects.get(pk=1)
    values = {
        name: getattr(settings, name)
        for name in (
            "horizon_days", "measure", "margin_rate", "discount_rate", "months", "cost_per_call", "cost_per_meeting",
            "min_payers", "min_repeat_payers", "min_history_days", "customer_alive_rate", "version",
        )
    }  # fmt: skip
    cells = {f"cells_{group}": " ".join(names) for group, names in settings.rfm_map.items()}
    return {**values, **cells, **changes}


@pytest.mark.usefixtures("valued")
def test_settings_are_saved_audited_and_computed_again(manager: User, sign_in: SignIn) -> None:
    response = sign_in(manager).post("/model/settings/", posted(horizon_days=30))
    assert response.status_code == 302
    assert ValueSettings.objects.get().horizon_days == 30
    assert Job.objects.filter(name="analytics.value_refresh").exists()
    value_refresh()
    assert set(CustomerValue.objects.values_list("horizon_days", flat=True)) == {30}


@pytest.mark.usefixtures("valued")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"horizon_days": 0}, "Horizon of churn risk must be between 1 and 1095"),
        ({"margin_rate": "1.5"}, "Margin rate must be between 0 and 1"),
        ({"margin_rate": "130%"}, "Margin rate must be between 0 and 1"),
        ({"discount_rate": "much"}, "Yearly discount rate must be a number"),
        ({"months": ""}, "Months of lifetime value must not be empty"),
        ({"cost_per_call": -1}, "Cost of a call must be at least 0"),
        ({"cells_lost": ""}, "In no RFM group: 11"),
    ],
)
def test_bad_settings_change_nothing(
    manager: User, sign_in: SignIn, unchanged: Callable[[], None], change: dict[str, object], sentence: str
) -> None:
    client = sign_in(manager)
    unchanged()
    response = client.post("/model/settings/", posted(**change))
    assert response.status_code == 422
    page = response.content.decode()
    summary = re.search(r'<div class="notice negative".*?</div></div>', page, re.DOTALL)
    assert summary
    assert sentence in summary.group()
    assert "Ensure this value" not in page
    field = re.search(r'href="#(\w+)"', summary.group())
    assert field
    assert re.search(
        rf'<input[^>]*id="{field[1]}"[^>]*autofocus|<input[^>]*autofocus[^>]*id="{field[1]}"', page
    )
    assert '<details class="why" open>' in page
    unchanged()


@pytest.mark.usefixtures("valued")
def test_a_rate_is_shown_and_typed_as_a_percentage(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    assert client.post("/model/settings/", posted(margin_rate="35%", discount_rate="0.07")).status_code == 302
    page = text_of(client, "/model/")
    assert 'name="margin_rate" value="35%"' in page
    assert 'name="discount_rate" value="7%"' in page
    assert ValueSettings.objects.get().margin_rate == 0.35


def test_a_reload_of_refused_settings_leads_back_to_their_page(
    manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(manager)
    unchanged()
    answer = client.get("/model/settings/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/model/")
    unchanged()


@pytest.mark.usefixtures("valued")
def test_the_slower_of_two_saves_is_told_and_keeps_what_was_typed(
    manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client, typed = sign_in(manager), posted(horizon_days=31)
    client.post("/model/settings/", posted(horizon_days=30))
    unchanged()
    response = client.post("/model/settings/", typed)
    assert response.status_code == 409
    assert "Somebody changed the settings" in response.content.decode()
    assert response.context["form"]["horizon_days"].value() == "31"
    with pytest.raises(StaleRecord):
        model_edit(actor=manager, version=int(str(typed["version"])), changes={"horizon_days": 31})
    unchanged()
    again = typed | {"version": response.context["form"]["version"].value()}
    assert client.post("/model/settings/", again).status_code == 302
    assert ValueSettings.objects.get().horizon_days == 31


@pytest.mark.usefixtures("valued")
def test_the_grid_counts_only_what_the_reader_may_see(narrow: User, sign_in: SignIn) -> None:
    role = narrow.roles.get()
    role.matrix["analytics.value"] = {"view": "all"}
    role.save()
    Customer.objects.filter(pk__in=(1000, 1001, 1002)).update(owner=narrow)
    own = CustomerValue.objects.filter(pk__in=(1000, 1001, 1002))
    page = sign_in(narrow).get("/value/")
    assert page.status_code == 200
    revenue: Any = pytest.approx(sum(row.total_spend for row in own))
    assert (totals(narrow)["count"], totals(narrow)["revenue"]) == (3, revenue)
    assert totals(narrow)["equity"] == pytest.approx(sum(row.lifetime_value or 0.0 for row in own))
    cells = [cell for row in rfm_grid(narrow, ValueSettings.objects.get().rfm_map) for cell in row]
    for found in (cells, list(quadrant_grid(narrow, dict.fromkeys(QUADRANTS, "")).values())):
        assert (sum(cell.count for cell in found), sum(cell.revenue for cell in found)) == (3, revenue)
    assert sum(row["count"] for row in group_rows(narrow)) == 3
    counts = re.findall(r'class="count">([\d,]+)', page.content.decode())
    assert sum(int(count) for count in counts[:25]) == 3


@pytest.mark.usefixtures("valued")
def test_who_may_not_edit_or_see_is_refused(
    rep: User, marketer: User, outsider: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    reads, works, enters = sign_in(marketer), sign_in(rep), sign_in(outsider)
    unchanged()
    assert reads.get("/model/").status_code == 200
    assert reads.post("/model/settings/", posted(horizon_days=30)).status_code == 403
    assert works.get("/model/").status_code == 403
    assert enters.get("/value/").status_code == 403
    unchanged()


def test_past_months_are_filled_and_the_trend_is_shown(rep: User, sign_in: SignIn) -> None:
    shop(300, company_day() - timedelta(days=1), first=1000)
    past_months_fill(months=12)
    assert ValueHistory.objects.values("month_on").distinct().count() == 12
    value_refresh()
    assert ValueHistory.objects.values("month_on").distinct().count() == 12
    customer = ValueHistory.objects.exclude(lifetime_value=None).order_by("-month_on")[0].customer_id
    assert "since last month" in text_of(sign_in(rep), f"/customers/{customer}/")


def test_the_web_process_loads_neither_scipy_nor_numpy() -> None:
    code = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import analytics.tasks, analytics.panels, analytics.cards, sys\n"
        "print([name for name in ('scipy', 'scipy.optimize', 'numpy', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_after_the_first_order_the_page_says_that_the_value_is_being_computed(
    rep: User, customer: Customer, sign_in: SignIn, place_order: Callable[..., Order]
) -> None:
    shop(300, company_day(), first=1000)
    value_refresh()
    client = sign_in(rep)
    address = f"/customers/{customer.pk}/"
    assert "being computed" not in client.get(address).content.decode()
    order = place_order(rep, customer, days_ago=0)
    for page in (address, f"/orders/{order.pk}/"):
        assert "being computed" in client.get(page).content.decode()
    statistics_pull()
    assert "being computed" not in client.get(address).content.decode()


def test_whoever_may_not_know_values_is_told_nothing_of_them(
    narrow: User, sign_in: SignIn, place_order: Callable[..., Order]
) -> None:
    own = customer_create(actor=narrow, values={"name": "Bo", "kind": "person"})
    order = place_order(narrow, own)
    client = sign_in(narrow)
    for address in (f"/customers/{own.pk}/", f"/customers/{own.pk}/peek/", f"/orders/{order.pk}/"):
        page = client.get(address).content.decode()
        for word in ("Lifetime value", "Churn risk", "Prospect", "too little data"):
            assert word not in page, f"{word} on {address}"
