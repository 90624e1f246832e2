"""Writing a mail on a record in Chromium: keys, template, draft, undo."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Tab


def test_a_mail_is_begun_kept_sent_and_taken_back(tab: Callable[..., Tab]) -> None:
    rep = tab("rep")
    page = rep.first_customer("?q=hotel&sort=name")
    page.keyboard.press("m")
    subject = page.get_by_label("Subject")
    expect(subject).to_be_focused()
    page.locator("[data-template]").select_option(label="Sample box is on its way")
    expect(subject).to_have_value("Your samples")
    subject.fill("Your samples, at last")
    page.reload()
    expect(subject).to_have_value("Your samples, at last")
    assert rep.violations() == []
    page.keyboard.press("Control+Enter")
    entry = page.locator("#timeline .entry").first
    expect(entry).to_contain_text("Your samples, at last")
    expect(entry).to_contain_text("Sending")
    page.locator("[data-undo]").click()
    expect(subject).to_have_value("Your samples, at last")
    expect(page.locator("#timeline")).not_to_contain_text("at last")
    assert rep.said == []
