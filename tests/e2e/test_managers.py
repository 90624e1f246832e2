"""The manager reads what customers are worth; the administrator imports orders."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Tab


def test_a_cell_of_the_grid_opens_just_its_customers(tab: Callable[..., Tab]) -> None:
    page = tab("manager").go("/value/")
    cell = page.locator(".heat-map td a").first
    count = re.sub(r"\D", "", cell.locator(".count").inner_text())
    cell.click()
    page.wait_for_url("**/customers/?*")
    expect(page.locator("main")).to_contain_text(count)


def test_the_model_page_shows_every_model_beside_recency_only(tab: Callable[..., Tab]) -> None:
    html = tab("manager").go("/model/").content()
    for term in ("MBG/NBD", "Pareto/NBD", "Logistic", "Recency only", "Holdout", "Customer equity"):
        assert term.lower() in html.lower()


def test_settings_out_of_range_are_told_at_the_field(tab: Callable[..., Tab]) -> None:
    one = tab("manager")
    page = one.go("/model/")
    field = page.locator("[name=horizon_days]")
    field.evaluate("field => field.form.noValidate = true")
    field.fill("0")
    field.press("Enter")
    expect(page.locator("[id$=horizon_days_error]").first).to_be_visible()
    one.said.clear()  # Chromium itself notes the 422


def test_the_agent_and_the_marketer_find_customers(tab: Callable[..., Tab]) -> None:
    for role in ("agent", "marketer"):
        page = tab(role).first_customer()
        expect(page.locator(".value-strip")).to_contain_text("Churn risk")


def test_orders_are_imported_checked_first_and_taken_back(tab: Callable[..., Tab], tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "customer_id,ordered_on,amount,name\n"
        "X1,2026-01-05,19.90,Imported One\n"
        "X2,2026-01-06,25.00,Imported Two\n"
        "X2,2026-13-06,25.00,Imported Two\n"
    )
    page = tab("admin").go("/imports/new/")
    page.set_input_files("input[type=file]", str(file))
    page.fill("input[name=source]", "till")
    page.get_by_role("button", name="Upload and match columns").click()
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("main")).to_contain_text("2026-13-06", timeout=30_000)
    page.get_by_role("button", name="bad row").click()
    expect(page.get_by_role("button", name="Take this import back")).to_be_visible(timeout=30_000)
    run = page.url
    customers = re.sub(r"/imports/.*", "/customers/?q=imported", run)
    page.goto(customers)
    expect(page.locator("main")).to_contain_text("Imported Two")
    page.goto(run)
    page.get_by_role("button", name="Take this import back").click()
    expect(page.locator("main")).to_contain_text("Undone", timeout=30_000)
    page.goto(customers)
    expect(page.locator("main")).not_to_contain_text("Imported Two")
