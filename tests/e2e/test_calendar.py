"""The calendar with mouse and keyboard: begin, move, stretch, undo, done."""

import re
import time
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Tab

#: a Monday far ahead, on which the demo has nothing; of each run another
MONDAY = date(2031, 3, 3) + timedelta(weeks=int(time.time() / 60) % 1_000)
WEEK = f"/calendar/?view=week&day={MONDAY}"
HOUR = 52  # pixels


def column(page: Page, days: int) -> Locator:
    return page.locator(f'.cal-day[data-day="{MONDAY + timedelta(days=days)}"]')


def at(page: Page, days: int, hour: float) -> tuple[float, float]:
    """The middle of a column at an hour, in the window."""
    box = column(page, days).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + hour * HOUR


def planned(page: Page, days: int, hour: float, title: str) -> Locator:
    """A press on an empty place opens the form with that hour filled in."""
    page.mouse.click(*at(page, days, hour))
    page.locator("tenure-dialog [name=title]").fill(title)
    page.keyboard.press("Enter")
    expect(page.locator("tenure-toasts")).to_contain_text("Task added")
    return page.locator(".cal-entry", has_text=title)


def test_a_meeting_is_planned_moved_stretched_and_put_back(tab: Callable[..., Tab]) -> None:
    one = tab("rep")
    page = one.go(WEEK)
    entry = planned(page, 1, 10.2, "Drag me")
    tuesday = MONDAY + timedelta(days=1)
    expect(entry).to_have_attribute("data-starts", f"{tuesday}T10:00")
    expect(entry).to_have_attribute("data-ends", f"{tuesday}T11:00")
    one.settled()

    page.mouse.move(*at(page, 1, 10.4))
    page.mouse.down()
    page.mouse.move(*at(page, 2, 12.4), steps=8)
    page.mouse.up()
    expect(entry).to_have_attribute("data-starts", f"{MONDAY + timedelta(days=2)}T12:00")
    expect(page.locator("tenure-dialog dialog")).to_be_hidden()  # a drag is no press
    page.keyboard.press("z")
    expect(entry).to_have_attribute("data-starts", f"{tuesday}T10:00")

    x, foot = at(page, 1, 11)
    page.mouse.move(x, foot - 3)
    page.mouse.down()
    page.mouse.move(x, foot + HOUR, steps=4)
    page.mouse.up()
    expect(entry).to_have_attribute("data-ends", f"{tuesday}T12:00")

    entry.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(entry).to_have_attribute("data-starts", f"{MONDAY + timedelta(days=2)}T10:00")
    expect(entry).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(entry).to_have_attribute("data-starts", f"{MONDAY + timedelta(days=2)}T10:15")
    page.keyboard.press("Alt+Shift+ArrowUp")
    expect(entry).to_have_attribute("data-ends", f"{MONDAY + timedelta(days=2)}T12:00")


def test_what_somebody_else_moved_stands_as_they_left_it(tab: Callable[..., Tab]) -> None:
    one, other = tab("rep"), tab("rep")
    page = one.go(WEEK)
    entry = planned(page, 3, 9.2, "Both of us")
    one.settled()
    theirs = other.go(WEEK).locator(".cal-entry", has_text="Both of us")
    theirs.focus()
    other.page.keyboard.press("Alt+ArrowDown")
    expect(theirs).to_have_attribute("data-starts", re.compile("T09:15"))
    entry.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("tenure-toasts")).to_contain_text("Somebody changed")
    expect(entry).to_have_attribute("data-starts", f"{MONDAY + timedelta(days=3)}T09:15")
    one.said.clear()  # the browser itself says that the answer was a 409


def test_a_meeting_is_done_with_a_word_and_enter(tab: Callable[..., Tab]) -> None:
    one = tab("rep")
    page = one.go("/calendar/?view=list")
    page.locator(".cal-row:not(.done)", has=page.locator("a.who")).filter(
        has=page.locator('use[href$="#calendar"], use[href$="#phone"]')
    ).first.locator("a.what").click()
    page.get_by_role("link", name="Done …").click()
    expect(page.get_by_label("What came of it")).to_be_focused()
    page.keyboard.type("They take two lots")
    page.keyboard.press("Enter")
    expect(page.locator("tenure-toasts")).to_contain_text("Done:")
    one.settled()
    page.keyboard.press("z")
    expect(page.locator("tenure-toasts")).to_contain_text("Open again")


def test_on_a_phone_the_week_is_a_day_at_a_time(tab: Callable[..., Tab]) -> None:
    page = tab("rep", width=390).go(WEEK)
    expect(column(page, 0)).to_be_visible()
    expect(column(page, 1)).to_be_hidden()
    page.locator(".cal-day-head a").nth(2).click()
    expect(page.locator(f'.cal-day[data-day="{MONDAY + timedelta(days=2)}"]')).to_be_visible()


def test_a_call_is_logged_with_two_keys_over_the_list(tab: Callable[..., Tab]) -> None:
    page = tab("rep").go("/customers/?owner=me&sort=name")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(page.locator("tenure-peek [data-call]")).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_label("What came of it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("tenure-toasts")).to_contain_text("Call logged")
    expect(page.locator("tenure-dialog dialog")).to_be_hidden()
    expect(page.locator("tenure-peek .timeline")).to_contain_text("Called")


def test_a_visitor_books_a_time_and_cancels_it(program: str, browser: Browser) -> None:
    context = browser.new_context(timezone_id="Europe/Lisbon")
    page = context.new_page()
    page.goto(f"{program}/book/mara-introduction/")
    page.wait_for_url("**zone=Europe%2FLisbon**")
    page.locator(".booking-day a").last.click()
    page.get_by_label("Your name").fill("Nina Novak")
    page.get_by_label("Your e-mail").fill(f"nina{time.time_ns()}@novak.example")
    page.wait_for_timeout(2_500)  # who is faster is a program
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Booked", exact=True)).to_be_visible()
    expect(page.locator(".booking-chosen")).to_contain_text("Europe/Lisbon")
    page.get_by_role("button", name="Cancel the meeting").click()
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    context.close()
