"""The week of a salesperson: a lead comes in, is called, becomes a deal with lines and a quote; the customer accepts
it in a browser of their own, the deal is won, the order placed, and the customer's value is no longer empty."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESKTOP, Tab

NAME = "Rosalind Achterberg"


def test_from_a_lead_to_an_order_and_a_value(tab: Callable[..., Tab], browser: Browser) -> None:
    one = tab("rep")
    page = one.go("/leads/")
    record = lead_comes_in(page)
    lead_is_called(page)
    lead_becomes_a_deal(page)
    deal = page.url.split("?")[0]
    lines_are_added(page, deal)
    card_is_moved(one, deal)
    link = quote_is_sent(one, deal)
    customer_accepts(one, browser, link)
    page.goto(deal)
    expect(page.locator(".record-who")).to_contain_text("Won")
    page.locator(".record-who").get_by_role("link", name=re.compile("Order")).click()
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    expect(page.locator("main")).to_contain_text("Placed")
    value_changes(page, record)
    assert one.violations() == []
    assert one.said == []


def lead_comes_in(page: Page) -> str:
    page.get_by_role("link", name="New lead").click()
    dialog = page.locator("dialog")
    dialog.get_by_label("Name").fill(NAME)
    dialog.get_by_label("E-mail").fill("rosalind@achterberg.example")
    dialog.get_by_label("Lead source").fill("Trade fair")
    dialog.get_by_label("What they asked").fill("Wants an espresso bar for forty people")
    dialog.get_by_role("button", name="Create lead").click()
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    expect(page.locator("#panel-lead")).to_contain_text("First touch by")
    return page.url.split("?")[0]


def lead_is_called(page: Page) -> None:
    """Somebody of ours calls: the clock stops, and the lead is being worked on."""
    page.locator("body").press("l")
    page.locator("tenure-composer textarea, dialog textarea").first.fill(
        "Called: she decides alone, budget is there"
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("she decides alone")
    page.reload()
    expect(page.locator("#panel-lead")).to_contain_text("Working")


def lead_becomes_a_deal(page: Page) -> None:
    page.locator("#panel-lead").get_by_role("link", name="Convert").click()
    dialog = page.locator("dialog")
    dialog.get_by_label("What it is about").fill("Espresso bar for forty")
    dialog.get_by_role("button", name="Convert").click()
    page.wait_for_url(re.compile(r"/deals/\d+/"))
    expect(page.locator(".record-side")).to_contain_text("Trade fair")


def lines_are_added(page: Page, deal: str) -> None:
    page.goto(f"{deal}lines/")
    line = page.locator(".order-line:not(.removed)").first
    line.get_by_label("Text").fill("Espresso bar, two groups")
    line.get_by_label("Unit price").fill("4900")
    line.get_by_label("Discount %").fill("10")
    page.get_by_role("button", name="Save lines").click()
    page.wait_for_url(re.compile("tab=lines"))
    expect(page.locator(".record-scroll")).to_contain_text("€4,410.00")


def card_is_moved(one: Tab, deal: str) -> None:
    """On the board, with the keyboard; the page of the deal knows it."""
    page = one.go("/deals/board/?owner=me&sort=-base_amount")
    card = page.locator(".board-card", has_text="Espresso bar for forty")
    card.focus()
    card.press("Alt+ArrowRight")
    expect(page.locator("tenure-toasts")).to_contain_text("Espresso bar for forty")
    expect(page.locator(".board-column").nth(1)).to_contain_text("Espresso bar for forty")
    page.goto(deal)
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text("Needs known")


def quote_is_sent(one: Tab, deal: str) -> str:
    page = one.go(re.sub(r"^https?://[^/]+", "", deal))
    page.locator("#panel-quotes").get_by_role("button", name="New quote").click()
    page.wait_for_url(re.compile(r"/quotes/\d+/"))
    expect(page.get_by_role("link", name="Download PDF")).to_be_visible()
    assert one.violations() == []
    page.get_by_role("link", name="Send", exact=True).click()
    dialog = page.locator("dialog")
    dialog.get_by_label("To", exact=True).fill("rosalind@achterberg.example")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("tenure-toasts")).to_contain_text("rosalind@achterberg.example")
    return page.locator("#quote-link").input_value()


def customer_accepts(one: Tab, browser: Browser, link: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": DESKTOP["height"]})
    customer = Tab(context.new_page(), one.address)
    reader = customer.go(re.sub(r"^https?://[^/]+", "", link))
    assert customer.violations() == []
    reader.get_by_label("Your name").first.fill(NAME)
    reader.get_by_label("I may place this order").check()
    reader.wait_for_timeout(2100)  # who answers faster is taken for a program
    reader.get_by_role("button", name="Accept and order").click()
    expect(reader.get_by_role("heading", name="Thank you")).to_be_visible()
    assert customer.said == []
    context.close()


def value_changes(page: Page, record: str) -> None:
    """The record says what she is worth once the engine has counted her order."""
    for _attempt in range(30):
        page.goto(record)
        if "Prospect, no orders" not in page.locator(".value-strip").inner_text():
            break
        page.wait_for_timeout(1_000)
    expect(page.locator(".value-strip .chip").first).to_be_visible()
