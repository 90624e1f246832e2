"""The first day of an administrator, on an installation that nobody has set up."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import AXE

PASSWORD = "correct horse battery"


@pytest.fixture
def pages(browser: Browser) -> Iterator[list[Page]]:
    """Browsers of two people who know nothing of each other."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def flawless(page: Page) -> None:
    """In both themes."""
    page.evaluate(AXE.read_text())
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_timeout(200)
        assert page.evaluate("axe.run()")["violations"] == [], theme


def test_from_the_empty_database_to_a_colleague_at_work(empty_program: str, pages: list[Page]) -> None:
    admin, guest = pages
    set_up(admin, empty_program)
    a_team_and_a_copied_role(admin, empty_program)
    link = invite(admin, empty_program)
    accept(guest, link, empty_program)
    narrow_the_role(admin, empty_program)
    a_field_hours_and_a_pool(admin, empty_program)
    guest.goto(f"{empty_program}/orders/")
    expect(guest.get_by_role("heading", name="You may not do this")).to_be_visible()
    look_through_their_eyes(admin, empty_program)
    deactivate(admin, empty_program)
    guest.goto(f"{empty_program}/customers/")
    expect(guest).to_have_url(f"{empty_program}/accounts/login/?next=/customers/")
    admin.goto(f"{empty_program}/audit/")
    expect(admin.get_by_text("Nia Okoro · Account deactivated · User Sam Berg")).to_be_visible()
    flawless(admin)
    what_the_program_does(admin, empty_program)


def set_up(admin: Page, address: str) -> None:
    admin.goto(address)
    expect(admin.get_by_role("heading", name="Set up Tenure")).to_be_visible()
    flawless(admin)
    admin.get_by_label("Company name").fill("Halden & Ruiz")
    admin.get_by_label("Currency").select_option("EUR")
    admin.get_by_label("Numbers").select_option("point-comma")
    admin.get_by_label("Your name").fill("Nia Okoro")
    admin.get_by_label("Your e-mail").fill("nia@halden.example")
    admin.locator("#id_you-password").fill(PASSWORD)
    admin.locator("#id_you-again").fill(PASSWORD)
    admin.get_by_role("button", name="Set up and sign in").click()
    expect(admin.get_by_role("heading", name="Welcome to Halden & Ruiz, Nia Okoro")).to_be_visible()
    flawless(admin)


def a_team_and_a_copied_role(admin: Page, address: str) -> None:
    admin.goto(f"{address}/settings/teams/new/")
    admin.get_by_label("Name").fill("Sales")
    admin.get_by_role("button", name="Create team").click()
    admin.goto(f"{address}/settings/roles/")
    admin.get_by_role("link", name="Sales rep").click()
    admin.get_by_role("link", name="Copy").click()
    admin.get_by_label("Name").fill("Field sales")
    admin.get_by_role("button", name="Create role").click()
    admin.get_by_label("Orders: export").select_option("none")
    admin.get_by_role("button", name="Save").click()
    flawless(admin)


def a_field_hours_and_a_pool(admin: Page, address: str) -> None:
    admin.goto(f"{address}/settings/fields/")
    flawless(admin)
    admin.get_by_role("link", name="New field").first.click()
    admin.get_by_label("Name").fill("Roast")
    admin.get_by_label("Type").select_option("choice")
    admin.get_by_label("Choices").fill("Light\nDark")
    flawless(admin)
    admin.get_by_role("button", name="Add field").click()
    admin.goto(f"{address}/customers/new/")
    expect(admin.get_by_label("Roast")).to_be_visible()
    admin.goto(f"{address}/settings/hours/new/")
    admin.get_by_label("Name").fill("Office")
    admin.get_by_label("Monday from").first.fill("09:00")
    admin.get_by_label("Monday to").first.fill("17:00")
    admin.get_by_role("button", name="Create calendar").click()
    expect(admin.get_by_role("heading", name="Office")).to_be_visible()
    admin.goto(f"{address}/settings/pools/new/")
    admin.get_by_label("Name").fill("New leads")
    admin.get_by_role("button", name="Create pool").click()
    admin.locator("#id_user").select_option(label="Sam Berg")
    admin.get_by_role("button", name="Add", exact=True).click()
    expect(admin.locator("main .rows")).to_contain_text("Sam Berg")
    flawless(admin)


def what_the_program_does(admin: Page, address: str) -> None:
    """No worker runs in this installation: the pages say so instead of staying silent."""
    admin.goto(f"{address}/jobs/")
    expect(admin.get_by_role("link", name="Send a mail of the program").first).to_be_visible()
    flawless(admin)
    admin.goto(f"{address}/settings/health/")
    expect(admin.get_by_text("Workers", exact=True)).to_be_visible()
    flawless(admin)


def invite(admin: Page, address: str) -> str:
    admin.goto(f"{address}/settings/")
    admin.get_by_role("link", name="People Who works here").click()
    admin.get_by_role("link", name="Invite", exact=True).click()
    admin.get_by_label("E-mail").fill("sam@halden.example")
    admin.get_by_label("Sales rep").check()
    admin.get_by_role("button", name="Send the invitation").click()
    admin.goto(f"{address}/settings/mails/")
    expect(admin.get_by_text("No mail server is set up, so mails wait here.")).to_be_visible()
    admin.locator("#results tbody a").first.click()
    expect(admin.get_by_text("The text is for its receiver alone")).to_be_visible()
    flawless(admin)
    admin.goto(f"{address}/settings/people/invites/")
    admin.get_by_text("Link", exact=True).click()
    return admin.get_by_label("Link for sam@halden.example").input_value()


def accept(guest: Page, link: str, address: str) -> None:
    guest.goto(link)
    flawless(guest)
    guest.get_by_label("Your name").fill("Sam Berg")
    guest.locator("#id_password").fill(PASSWORD)
    guest.locator("#id_again").fill(PASSWORD)
    guest.get_by_role("button", name="Create my account").click()
    expect(guest.get_by_role("heading", name="Welcome to Halden & Ruiz, Sam Berg")).to_be_visible()
    guest.goto(f"{address}/orders/")
    expect(guest.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="This invitation was used")).to_be_visible()


def narrow_the_role(admin: Page, address: str) -> None:
    admin.goto(f"{address}/settings/roles/")
    admin.get_by_role("link", name="Sales rep").click()
    admin.get_by_label("Orders: see").select_option("none")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("It counts from everybody's next page on.")).to_be_visible()


def look_through_their_eyes(admin: Page, address: str) -> None:
    admin.goto(f"{address}/settings/people/")
    admin.get_by_role("link", name="Sam Berg").click()
    admin.get_by_role("button", name="See as").click()
    expect(admin.get_by_text("You see the program as Sam Berg")).to_be_visible()
    expect(admin.get_by_role("navigation", name="Main").get_by_role("link", name="Orders")).to_have_count(0)
    flawless(admin)
    admin.get_by_role("button", name="Stop").click()
    expect(admin.get_by_role("heading", name="Settings")).to_be_visible()


def deactivate(admin: Page, address: str) -> None:
    admin.goto(f"{address}/settings/people/")
    admin.get_by_role("link", name="Sam Berg").click()
    admin.get_by_role("link", name="Deactivate account").click()
    admin.get_by_role("button", name="Deactivate account").click()
    expect(admin.get_by_text("is signed out and can no longer sign in")).to_be_visible()
