"""Colleagues tell each other: a mention is written, seen in the other's bell, opened, read."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Tab


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_a_mention_is_seen_opened_and_read(theme: str, width: int, tab: Callable[..., Tab]) -> None:
    text = f"they ask for better terms ({theme})"
    reader = tab("manager", theme=theme, width=width)
    bell = reader.page.locator("tenure-bell > button")
    before = bell.get_attribute("aria-label") or ""

    writer = tab("rep", theme=theme, width=width)
    page = writer.first_customer("?owner=me&sort=name")
    name = page.locator(".record-title h2").inner_text()
    composer = page.locator("#composer textarea[name=body]")
    composer.click()
    composer.press_sequentially("Please look, @joost")
    hit = page.locator("#mention-hits [data-id]")
    expect(hit).to_have_text(re.compile("Joost van Dijk"))
    assert writer.violations() == []
    composer.press("Enter")
    composer.press_sequentially(f": {text}")
    expect(composer).to_have_value(f"Please look, @Joost van Dijk: {text}")
    composer.press("Control+Enter")
    chip = page.locator("#timeline .entry", has_text=text).locator(".mention")
    expect(chip).to_have_text("@Joost van Dijk")

    # the count comes by itself to whoever looks at the page again
    reader.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(bell).not_to_have_attribute("aria-label", before)
    unread = bell.get_attribute("aria-label") or ""
    bell.click()
    line = reader.page.locator(".bell-menu .note-line", has_text=text)
    expect(line).to_be_visible()
    assert reader.violations() == []
    line.locator("a").click()
    reader.page.wait_for_url(re.compile(r"/customers/\d+/#entry-note-\d+"))
    expect(reader.page.get_by_role("heading", name=name).first).to_be_visible()
    expect(reader.page.locator(".entry:target")).to_contain_text(text)
    expect(bell).not_to_have_attribute("aria-label", unread)
    reader.go("/notifications/?unread=1")
    expect(reader.page.locator("main")).not_to_contain_text(text)


def test_all_are_read_at_once_and_come_back(tab: Callable[..., Tab]) -> None:
    one = tab("marketer")
    bell = one.page.locator("tenure-bell > button")
    expect(bell).to_have_attribute("aria-label", re.compile("unread"))
    bell.click()
    one.page.get_by_role("button", name="Mark all as read").click()
    expect(bell).to_have_attribute("aria-label", "Notifications")
    one.page.keyboard.press("Escape")
    one.page.locator("tenure-toasts").get_by_role("button", name="Undo").click()
    expect(bell).to_have_attribute("aria-label", re.compile("unread"))


def test_who_may_not_see_it_cannot_be_chosen(tab: Callable[..., Tab]) -> None:
    """A task of the sales team is not seen by support: the list says so, and so does the field."""
    one = tab("rep")
    page = one.first_customer("?owner=me&sort=name")
    page.locator("#composer input[name=kind][value=task]").check(force=True)
    text = page.locator("#composer textarea[name=body]")
    text.click()
    text.press_sequentially("Ask @hanna")
    expect(page.locator("#mention-hits")).to_contain_text("may not see this record")
    text.press("Escape")
    text.fill("Ask @Hanna Krüger about it")
    with page.expect_response(re.compile("/interactions/")):
        text.press("Control+Enter")
    expect(page.locator("#composer-error")).to_contain_text("Hanna Krüger may not see this record")
    expect(page.locator("#composer textarea[name=body]")).to_have_value("Ask @Hanna Krüger about it")
    one.said.clear()  # Chromium itself notes the 422


def test_a_record_is_followed_and_left(tab: Callable[..., Tab]) -> None:
    page = tab("agent").first_customer("?kind=organisation&sort=-name")
    follow = page.locator(".follow button")
    follow.click()
    expect(page.locator(".follow button")).to_have_attribute("aria-pressed", "true")
    page.reload()
    page.locator(".follow button").click()
    expect(page.locator(".follow button")).to_have_attribute("aria-pressed", "false")


def test_what_one_is_told_is_chosen(tab: Callable[..., Tab]) -> None:
    page = tab("agent").go("/settings/notifications/")
    page.get_by_label("E-mail: Mentions").select_option("digest")
    page.get_by_label("Time of the digest").select_option("17:30")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("tenure-toasts")).to_contain_text("Saved")
    expect(page.get_by_label("E-mail: Mentions")).to_have_value("digest")


def test_favourites_and_recent_records_are_at_hand(tab: Callable[..., Tab]) -> None:
    page = tab("agent").first_customer("?kind=person&sort=name")
    name = page.locator(".record-title h2").inner_text()
    page.get_by_role("button", name="Favourite").click()
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    other = tab("agent")
    page = other.first_customer("?kind=organisation&sort=-name")
    last = page.locator(".record-title h2").inner_text()
    expect(page.locator(".nav-favourites")).to_contain_text(name)
    page.keyboard.press("Control+k")
    palette = page.locator("#palette-results")
    expect(palette).to_contain_text("Recent")
    expect(palette).to_contain_text(last)
    expect(palette.locator(".palette-item").first).to_contain_text(name)
    assert other.violations() == []
    page.keyboard.press("Enter")
    expect(page.locator(".record-title h2")).to_have_text(name)
