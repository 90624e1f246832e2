"""A quote on its way: made from a deal, sent, accepted by the customer in a browser of their own, ordered."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import DESKTOP, Tab


def test_a_quote_is_sent_and_accepted_and_the_deal_is_won(tab: Callable[..., Tab], browser: Browser) -> None:
    one = tab("rep")
    page = one.go("/deals/?owner=me&state=open&layout=table")
    page.locator("#results tbody td.main-cell a").first.click()
    page.wait_for_url(re.compile(r"/deals/\d+/"))
    deal = page.url.split("?")[0]
    page.locator("#panel-quotes").get_by_role("button", name="New quote").click()
    page.wait_for_url(re.compile(r"/quotes/\d+/"))
    expect(page.get_by_role("link", name="Download PDF")).to_be_visible()
    assert one.violations() == []
    page.get_by_role("link", name="Send", exact=True).click()
    dialog = page.locator("dialog")
    dialog.get_by_label("To", exact=True).fill("giulia@sole.example")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("tenure-toasts")).to_contain_text("giulia@sole.example")
    total = page.locator(".quote-total").inner_text()
    link = page.locator("#quote-link").input_value()

    context = browser.new_context(viewport={"width": 390, "height": DESKTOP["height"]})
    customer = Tab(context.new_page(), one.address)
    reader = customer.go(re.sub(r"^https?://[^/]+", "", link))
    expect(reader.locator(".answer-total")).to_have_text(total)
    assert customer.violations() == []
    reader.get_by_label("Your name").first.fill("Giulia Rossi")
    reader.get_by_label("I may place this order").check()
    reader.wait_for_timeout(2100)  # who answers faster is taken for a program
    reader.get_by_role("button", name="Accept and order").click()
    expect(reader.get_by_role("heading", name="Thank you")).to_be_visible()
    assert customer.said == []
    context.close()

    page.goto(deal)
    expect(page.locator(".record-who")).to_contain_text("Won")
    page.locator(".record-who").get_by_role("link", name=re.compile("Order")).click()
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    expect(page.locator("main")).to_contain_text("Placed")
