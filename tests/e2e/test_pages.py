"""Every page in both themes and three widths: nothing for axe to find, nothing sticks out, nothing jumps."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Tab

PAGES = (
    "/",
    "/customers/",
    "/customers/?rfm_group=champions&sort=-lifetime_value",
    "/customers/?q=nobodyiscalledlikethis",
    "/customers/new/",
    "/customers/?layout=board",
    "/customers/?group=rfm_group",
    "/lists/contacts-customer/rule/",
    "/lists/contacts-customer/views/new/",
    "/lists/contacts-customer/records/1/why/",
    "/tasks/",
    "/tasks/new/?kind=meeting",
    "/calendar/",
    "/calendar/?view=day",
    "/calendar/?view=month",
    "/calendar/?view=list",
    "/sales/report/",
    "/sales/win-model/",
    "/interactions/",
    "/orders/",
    "/orders/new/",
    "/products/",
    "/products/new/",
    "/products/5/",
    "/products/recommendations/",
    "/products/rules/",
    "/price-books/1/",
    "/price-books/1/rule/",
    "/customers/1/prices/",
    "/sales/approvals/1/",
    "/sales/groups/",
    "/sales/groups/champions/",
    "/price-books/prices/new/?book=1",
    "/discount-limits/",
    "/value/",
    "/imports/",
    "/imports/new/",
    "/notifications/",
    "/favourites/",
    "/notifications/?kind=job",
    "/settings/notifications/",
    "/settings/hours/",
    "/settings/hours/new/",
    "/settings/out-of-office/",
    "/settings/calendar/",
    "/settings/booking/",
    "/settings/email/",
    "/settings/email-templates/",
    "/settings/email-templates/new/",
    "/mail/reconciliation/",
    "/settings/booking/new/",
    "/book/mara-introduction/",
    "/settings/tokens/",
    "/settings/fields/",
    "/settings/fields/new/contacts-customer/",
    "/settings/tags/",
    "/settings/tags/new/",
    "/settings/layouts/",
    "/settings/layouts/contacts-customer/",
    "/settings/pools/",
    "/settings/pools/new/",
    "/settings/pools/1/",
    "/settings/mail-accounts/",
    "/settings/mail-accounts/new/",
    "/settings/mails/",
    "/settings/quarantine/",
    "/search/?q=co",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/password/change/",
    "/settings/",
    "/settings/profile/",
    "/settings/company/",
    "/settings/rates/",
    "/settings/rates/paste/",
    "/settings/people/",
    "/settings/people/1/",
    "/settings/people/1/deactivate/",
    "/settings/people/invite/",
    "/settings/people/invites/",
    "/settings/teams/",
    "/settings/teams/2/",
    "/settings/teams/2/delete/",
    "/settings/roles/",
    "/settings/roles/2/",
    "/settings/health/",
    "/automations/",
    "/automations/new/",
    "/automations/new/contacts-customer/?start=churn-risk",
    "/settings/mails/1/",
    "/audit/",
    "/jobs/",
    "/jobs/1/",
    "/nowhere/",
)
SHIFT = """() => new Promise(resolve => {
  let total = 0;
  const add = entry => { if (!entry.hadRecentInput) total += entry.value; };
  new PerformanceObserver(list => list.getEntries().forEach(add)).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => resolve(total), 300);
})"""


COLOURS = ("color-contrast",)


def check(tab: Tab, path: str, rules: tuple[str, ...] | None = ()) -> list[str]:
    """What is wrong with a page; by no rule of axe (None), by some, or by all."""
    page = tab.go(path)
    if path == "/nowhere/":
        tab.said.clear()  # Chromium itself notes the 404
    found = tab.violations(*rules) if rules is not None else []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"{path} is {wide} px too wide")
    return found


# by all rules on the widest and the narrowest page, by its colours in both themes, by its width at three
@pytest.mark.parametrize(
    ("theme", "width", "rules"),
    [("light", 1440, ()), ("dark", 1440, COLOURS), ("light", 1024, None), ("dark", 390, ())],
)
def test_no_page_has_a_flaw(
    theme: str, width: int, rules: tuple[str, ...] | None, tab: Callable[..., Tab]
) -> None:
    admin = tab("admin", theme=theme, width=width)
    found = [flaw for path in PAGES for flaw in check(admin, path, rules)]
    manager = tab("manager", theme=theme, width=width)
    manager.first_customer("?risk=high&sort=-lifetime_value")
    record = manager.page.url.removeprefix(manager.address).split("?")[0]
    for path in ("/model/", record, f"{record}?tab=tasks", f"{record}?tab=history", f"{record}edit/"):
        found += check(manager, path, rules)
    manager.go("/orders/")
    manager.page.locator("#results tbody tr td.main-cell a").first.click()
    manager.settled()
    found += check(manager, manager.page.url.removeprefix(manager.address), rules)
    assert found == []


@pytest.mark.parametrize("path", ["/", "/customers/", "/orders/", "/tasks/", "/value/", "/model/"])
def test_nothing_jumps_while_a_page_loads(path: str, tab: Callable[..., Tab]) -> None:
    page = tab("manager").go(path)
    assert page.evaluate(SHIFT) == 0


def test_the_first_view_is_at_most_100_kilobytes(tab: Callable[..., Tab]) -> None:
    """Brotli, a cold cache: page, style, program, icons and font of the list of customers."""
    one = tab("rep")
    state = one.page.context.storage_state()
    browser = one.page.context.browser
    assert browser is not None
    cold = browser.new_context(storage_state=state)
    page = cold.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]})
    )
    page.goto(f"{one.address}/customers/")
    page.wait_for_load_state("networkidle")
    cold.close()
    assert sum(sizes.values()) <= 100_000, sizes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_has_no_flaw(theme: str, tab: Callable[..., Tab]) -> None:
    one = tab("rep", theme=theme)
    one.page.context.clear_cookies()
    assert check(one, "/accounts/login/") == []
