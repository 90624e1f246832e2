"""The board of deals under the hand: dragged with a mouse and with a finger, lost for a reason, live, undone."""

import re
from collections.abc import Callable

from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.e2e.conftest import Tab

BOARD = "/deals/board/?owner=me"


def column(page: Page, index: int) -> Locator:
    return page.locator(".board-column").nth(index)


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 60)


def drag(page: Page, card: Locator, place: Locator) -> None:
    page.mouse.move(*middle(card))
    page.mouse.down()
    x, y = middle(card)
    page.mouse.move(x + 20, y + 10, steps=3)
    page.mouse.move(*middle(place), steps=5)
    page.mouse.up()


def test_a_card_is_dragged_by_mouse_and_taken_back(tab: Callable[..., Tab]) -> None:
    one = tab("rep")
    page = one.go(BOARD)
    assert one.violations() == []
    card = column(page, 0).locator(".board-card").first
    name = card.locator(".board-title a").inner_text()
    drag(page, card, column(page, 2))
    expect(column(page, 2)).to_contain_text(name)
    page.locator("tenure-toasts [data-undo]").last.click()
    expect(column(page, 0)).to_contain_text(name)

    card = column(page, 0).locator(".board-card", has_text=name).first
    page.mouse.move(*middle(card))
    page.mouse.down()
    page.mouse.move(400, 300, steps=4)
    lost = page.locator(".board-end.negative")
    expect(lost).to_be_visible()
    page.mouse.move(*middle(lost), steps=5)
    page.mouse.up()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="Lost").click()
    expect(dialog).to_contain_text("This field is required")
    dialog.get_by_label("Why it was lost").select_option(index=1)
    dialog.get_by_role("button", name="Lost").click()
    expect(page.locator("tenure-toasts")).to_contain_text("Lost")
    expect(page.locator(".board")).not_to_contain_text(name)
    page.locator("tenure-toasts [data-undo]").last.click()
    page.wait_for_url(re.compile(r"/deals/\d+/"))
    expect(page.locator(".stepper [aria-current=step]")).to_be_visible()
    one.said[:] = [text for text in one.said if "422" not in text]


def test_a_finger_moves_a_card_and_another_screen_follows(tab: Callable[..., Tab]) -> None:
    one, other = tab("rep", width=390, touch=True), tab("rep")
    other.go(BOARD)
    page = one.go(BOARD)
    card = column(page, 0).locator(".board-card").first
    name = card.locator(".board-title a").inner_text()
    touch = page.context.new_cdp_session(page)
    x, y = middle(card)
    send(touch, "touchStart", x, y)
    page.wait_for_timeout(500)
    expect(page.locator(".card-ghost")).to_be_visible()
    for step in range(1, 9):
        send(touch, "touchMove", x + (375 - x) * step / 8, y)
        page.wait_for_timeout(60)
    page.wait_for_timeout(900)  # the board scrolls along while the finger stays at its side
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("tenure-toasts")).to_contain_text(name)
    expect(column(other.page, 0)).not_to_contain_text(name, timeout=20_000)
    assert one.said == []


def send(touch: CDPSession, kind: str, x: float, y: float) -> None:
    touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
