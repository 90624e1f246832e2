"""An automation built in the browser, and what it then does."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Tab


def build(page: Page, name: str) -> None:
    """When the city of a customer changes to Narvik, its owner gets a task."""
    page.locator("#id_name").fill(name)
    page.locator("#id_cause").select_option("changed")
    page.locator(".trigger-part summary").click()
    page.locator(".trigger-part").get_by_role("checkbox", name="City", exact=True).check()
    page.locator("tenure-rule").get_by_role("button", name="Condition").click()
    page.locator("tenure-rule").get_by_label("Field").select_option("field:city")
    page.locator("tenure-rule .rule-row > input").fill("Narvik")
    expect(page.locator("[data-reading]")).to_have_text('City is "Narvik"')
    page.get_by_role("button", name="Create a task").click()
    page.get_by_role("textbox", name="Title").fill("Welcome {{ record.name }} to Narvik")
    page.get_by_role("spinbutton", name="Due in days").fill("2")


def move(page: Page, city: str) -> None:
    page.locator("[data-property=city]").click()
    field = page.locator("#property-city input[name=city]")
    field.fill(city)
    field.press("Enter")
    expect(page.locator("#property-city")).to_contain_text(city)


def test_build_one_change_a_record_see_the_task_and_the_log(tab: Callable[..., Tab]) -> None:
    opened = tab("admin")
    page = opened.go("/automations/new/")
    page.get_by_role("link", name="About customers").click()
    page.wait_for_url("**/contacts-customer/")
    build(page, "Welcome to Narvik")
    page.get_by_role("button", name="Try on the last 30 days").click()
    expect(page.locator("#dry-run")).to_contain_text("would not have run")
    expect(page.locator("[data-reading]")).to_have_text('City is "Narvik"')
    assert opened.violations() == []
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    automation = page.url
    page = opened.first_customer("?sort=name")
    record, name = page.url, page.locator("h1").first.inner_text().splitlines()[0]
    move(page, "Narvik")
    page.goto(automation)
    for _attempt in range(30):
        if page.get_by_text("Create a task: Task for").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.get_by_text("to Narvik").last).to_be_visible()
    assert name
    assert opened.violations() == []
    page.goto(record)
    expect(page.get_by_text("Welcome to Narvik").first).to_be_attached()
    expect(page.get_by_text("to Narvik").first).to_be_attached()


def test_actions_are_added_ordered_and_removed_and_nothing_typed_is_lost(tab: Callable[..., Tab]) -> None:
    page = tab("admin").go("/automations/new/contacts-customer/?start=lead-qualified")
    page.get_by_role("textbox", name="Tag").fill("Hot")
    page.get_by_role("button", name="Create a task").click()
    page.get_by_role("button", name="Move up: Create a task").click()
    expect(page.locator(".action-head strong")).to_have_text(
        ["1. Add a tag", "2. Create a task", "3. Notify somebody"]
    )
    page.get_by_role("button", name="Remove: Notify somebody").click()
    expect(page.locator(".action-head strong")).to_have_text(["1. Add a tag", "2. Create a task"])
    expect(page.get_by_role("textbox", name="Tag")).to_have_value("Hot")
