"""An administrator arranges the record's page by keyboard, and the rep sees it so."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Tab

EDITOR = "/settings/layouts/contacts-customer/"


def test_a_layout_is_arranged_by_keyboard_and_by_drag_and_the_rep_sees_it(tab: Callable[..., Tab]) -> None:
    admin, rep = tab("admin"), tab("rep")
    page = admin.go(EDITOR)
    page.get_by_role("link", name=re.compile("^Sales rep")).click()
    page.wait_for_url("**/roles/*/")
    city_to_the_top(page)
    page.get_by_role("button", name="Hide Region").press("Enter")
    page.get_by_label("Name of the group").nth(1).fill("Reach them")
    drag_panel_to_the_top(page)
    assert admin.violations() == []
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Saved. It counts from everybody's next page on.")).to_be_visible()
    record = rep.first_customer()
    properties = record.get_by_role("region", name="Properties")
    expect(properties.get_by_role("heading", name="Reach them")).to_be_visible()
    assert record.locator(".record-properties .property").first.get_attribute("id") == "property-city"
    expect(record.locator("#property-region")).to_have_count(0)
    assert record.locator(".panel").first.get_attribute("id") == "panel-consent"
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("The layout was reset.")).to_be_visible()
    rep.page.reload()
    expect(record.locator("#property-region")).to_have_count(1)


def city_to_the_top(page: Page) -> None:
    """Through its own group into the one before, and on to the very first place; the grip keeps the focus."""
    grip = page.get_by_role("button", name="Move City with the arrow keys")
    grip.focus()
    for _press in range(12):
        page.keyboard.press("ArrowUp")
    expect(grip).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text(re.compile(r"^City: Group without a name, 1 of \d"))


def drag_panel_to_the_top(page: Page) -> None:
    panels = page.locator('[data-rows="panels"]')
    grip = panels.locator('[data-key="consent"] [data-grip]')
    grip.scroll_into_view_if_needed()
    first = panels.locator(".layout-row").first.bounding_box()
    assert first
    grip.hover()
    page.mouse.down()
    page.mouse.move(first["x"] + 20, first["y"] + 4, steps=8)
    page.mouse.up()
    expect(panels.locator(".layout-row").first).to_have_attribute("data-key", "consent")
