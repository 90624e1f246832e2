"""A salesperson's day."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD, Tab


def test_home_shows_my_tasks_and_a_task_is_done_and_undone(tab: Callable[..., Tab]) -> None:
    page = tab("rep").go("/")
    expect(page.get_by_role("heading", name="My tasks")).to_be_visible()
    expect(page.get_by_role("heading", name="Customers that need me")).to_be_visible()


def test_from_the_list_to_the_record_with_the_keyboard(tab: Callable[..., Tab]) -> None:
    page = tab("rep").go("/customers/?sort=-lifetime_value")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    peek = page.locator("tenure-peek")
    expect(peek.get_by_text("Lifetime value").first).to_be_visible()
    name = page.locator("#results tbody tr td.main-cell a").first.inner_text()
    expect(peek).to_contain_text(name)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    expect(page.get_by_role("heading", name=name).first).to_be_visible()


def test_the_record_says_what_the_customer_is_worth(tab: Callable[..., Tab]) -> None:
    page = tab("rep").first_customer("?rfm_group=champions&sort=-lifetime_value")
    html = page.content()
    for term in (
        "RFM group",
        "Recency",
        "Frequency",
        "Monetary",
        "Lifetime value",
        "Churn risk",
        "Next order expected",
    ):
        assert term in html
    expect(page.get_by_text("Champions").first).to_be_visible()


def test_a_property_is_edited_in_place(tab: Callable[..., Tab]) -> None:
    page = tab("rep").first_customer("?owner=me&sort=name")
    page.locator("[data-property=city]").click()
    field = page.locator("#property-city input[name=city]")
    field.fill("Trondheim")
    field.press("Enter")
    expect(page.locator("#property-city")).to_contain_text("Trondheim")
    page.reload()
    expect(page.locator("#property-city")).to_contain_text("Trondheim")


def test_a_call_is_logged_and_a_task_added(tab: Callable[..., Tab]) -> None:
    page = tab("rep").first_customer("?owner=me&sort=name")
    page.locator("#composer input[name=kind][value=call]").check(force=True)
    page.locator("#composer textarea[name=body]").fill("Talked about the summer menu")
    page.locator("#composer textarea[name=body]").press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Talked about the summer menu")
    expect(page.locator("#composer textarea[name=body]")).to_have_value("")
    page.locator("#composer input[name=kind][value=task]").check(force=True)
    page.locator("#composer textarea[name=body]").fill("Send the summer menu")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("tenure-toasts")).to_contain_text("Task added")
    page.goto(page.url.split("?")[0] + "?tab=tasks")
    expect(page.locator("main")).to_contain_text("Send the summer menu")


def test_the_palette_finds_customers_in_spite_of_typing_errors(tab: Callable[..., Tab]) -> None:
    page = tab("rep").first_customer("?kind=organisation&sort=name")
    name = page.locator(".record-title h2").inner_text()
    page.keyboard.press("Control+k")
    page.keyboard.type(name[:-1])
    hit = page.locator(".palette-item", has_text=name).first
    expect(hit).to_be_visible()


def test_a_customer_is_created_deleted_and_brought_back(tab: Callable[..., Tab]) -> None:
    page = tab("rep").go("/customers/new/")
    page.fill("input[name=name]", "Zora Testperson")
    page.fill("input[name=email]", "zora@testperson.example")
    page.press("input[name=email]", "Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    expect(page.locator("main")).to_contain_text("too little data")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/customers/")
    page.locator("tenure-toasts").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    expect(page.get_by_role("heading", name="Zora Testperson").first).to_be_visible()


def test_a_new_order_changes_the_value_within_seconds(tab: Callable[..., Tab]) -> None:
    one = tab("rep")
    page = one.first_customer("?owner=me&kind=person&sort=name&rfm_group=lost")
    record = page.url.split("?")[0]
    pk = record.rstrip("/").rsplit("/", 1)[1]
    one.go(f"/orders/new/?customer={pk}")
    page.fill("input[name=lines-0-text]", "Ten kilograms of Sidamo")
    page.fill("input[name=lines-0-quantity]", "10")
    page.fill("input[name=lines-0-unit_amount]", "24.50")
    page.press("input[name=lines-0-unit_amount]", "Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    expect(page.locator("main")).to_contain_text("245.00")
    for _ in range(30):
        page.goto(record)
        if "Lost" not in page.locator(".value-strip").inner_text():
            break
        page.wait_for_timeout(1000)
    expect(page.locator(".value-strip")).not_to_contain_text("Lost")


def test_the_count_of_a_long_filtered_list_follows_its_page(tab: Callable[..., Tab]) -> None:
    page = tab("manager").go("/customers/?kind=person")
    expect(page.locator(".list-foot .number")).to_have_text(re.compile(r"^[1-9],\d{3}$"))


def test_a_product_is_found_and_brings_its_price(tab: Callable[..., Tab]) -> None:
    page = tab("rep").go("/orders/new/")
    expect(page.locator("#id_customer")).to_be_focused()
    page.keyboard.type("nobodyiscalledthis")
    expect(page.locator("#id_customer_hits")).to_contain_text("Nothing found")
    page.keyboard.press("Enter")
    page.locator("#id_lines-0-product").press_sequentially("guji 250")
    expect(page.locator("#id_lines-0-product_hits")).to_contain_text("Ethiopia Guji")
    page.keyboard.press("Enter")
    expect(page.locator("[name=lines-0-unit_amount]")).to_have_value("12.50")
    expect(page.locator("tenure-lines output")).to_have_text("€12.50")


def test_a_note_outlives_leaving_the_page_and_the_end_of_the_session(tab: Callable[..., Tab]) -> None:
    one = tab("rep")
    page = one.first_customer("?owner=me&sort=name")
    record, text = page.url, page.locator("#composer textarea")
    page.keyboard.press("n")
    page.keyboard.type("Wants the winter menu")
    one.go("/customers/")
    page.goto(record)
    expect(text).to_have_value("Wants the winter menu")
    page.context.clear_cookies(name="sessionid")
    text.press("Control+Enter")
    page.get_by_role("link", name="Sign in again").click()
    one.said.clear()  # Chromium itself notes the 401
    page.fill("input[name=login]", "rep@tenure.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(record)
    expect(text).to_have_value("Wants the winter menu")
    text.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Wants the winter menu")
    expect(text).to_have_value("")
    page.reload()
    expect(text).to_have_value("")


def test_ones_own_note_is_changed_deleted_and_brought_back_in_its_place(tab: Callable[..., Tab]) -> None:
    page = tab("rep").first_customer("?owner=me&sort=name")
    page.keyboard.press("n")
    page.keyboard.type("Wants decaf")
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="Edit Wants decaf").click()
    expect(page.locator(".entry-editor textarea")).to_be_focused()
    page.keyboard.type(" on Mondays")
    page.keyboard.press("Control+Enter")
    note = page.locator("#timeline .entry", has_text="Wants decaf on Mondays")
    expect(note).to_be_visible()
    note.get_by_role("button", name="Delete").click()
    expect(note).to_have_count(0)
    page.keyboard.press("z")
    expect(note).to_be_visible()


def test_the_palette_offers_pages_and_actions_from_everywhere(tab: Callable[..., Tab]) -> None:
    page = tab("rep").go("/value/")
    page.keyboard.press("Control+k")
    page.keyboard.type("ta")
    expect(page.locator(".palette-item", has_text="Taylor").first).to_be_visible()
    expect(page.locator(".palette-item").first).to_have_text("Tasks")
    page.keyboard.press("Escape")
    expect(page.locator(".palette")).not_to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("new o")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/new/")


def test_several_tasks_are_done_and_opened_again_at_once(tab: Callable[..., Tab]) -> None:
    page = tab("rep").go("/tasks/")
    rows = page.locator("tr[data-id]")
    first = [rows.nth(index).get_attribute("data-id") for index in range(3)]
    for _ in first:
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.get_by_role("button", name="Mark as done").click()
    expect(page.locator(".toast", has_text="Marked as done: 3 records.")).to_have_count(1)
    shown = page.locator(", ".join(f"tr[data-id='{pk}']" for pk in first))
    expect(shown).to_have_count(0)
    page.keyboard.press("z")
    expect(shown).to_have_count(3)
