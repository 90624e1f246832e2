"""A salesperson's day in one list, with a manager beside: rule, columns, view, table, many at once, board, export."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Tab

MINE = "/customers/?owner=me&sort=name"


def test_a_salespersons_day_with_the_list(tab: Callable[..., Tab]) -> None:
    rep, manager = tab("rep"), tab("manager", theme="dark")
    a_rule_is_built_by_hand(rep)
    the_columns_are_chosen_and_resized(rep.page)
    the_view_is_saved_pinned_and_shared(rep)
    a_colleague_opens_it(manager)
    a_cell_is_edited_and_set_back(rep)
    a_card_is_moved_by_keys_and_by_drag(rep)
    groups_lead_to_their_records(rep)


def a_rule_is_built_by_hand(one: Tab) -> None:
    page = one.go("/customers/")
    page.locator("#rule-button").click()
    rule = page.locator("tenure-rule")
    rule.get_by_label("Field", exact=True).select_option("field:rfm_group")
    rule.get_by_label("Operator", exact=True).nth(1).select_option("any_of")
    rule.locator(".multi summary").click()
    rule.get_by_label("Champions").check()
    rule.get_by_role("button", name="Condition").click()
    expect(rule.locator(".error-text:visible")).to_have_count(0)
    rule.get_by_label("Field", exact=True).nth(1).select_option("related:orders")
    rule.get_by_role("button", name="Only those where").click()
    rule.locator(".rule-where").get_by_label("Field", exact=True).select_option("field:base_amount")
    rule.locator(".rule-where .rule-row").get_by_label("Operator", exact=True).select_option("gt")
    rule.locator(".rule-where").get_by_label("Value", exact=True).fill("10")
    expect(rule.locator("[data-reading]")).to_have_text(re.compile("Champions.*Orders.*10"))
    expect(rule.locator("[data-count-text]")).to_have_text(re.compile(r"^\d[\d,]* customers$"))
    within = rule.locator("fieldset fieldset > legend select")
    within.select_option("none")
    expect(rule.locator("[data-reading]")).to_have_text(re.compile("Champions.*not \\(.*10"))
    expect(within).to_be_visible()
    within.select_option("all")
    expect(rule.locator("[data-reading]")).not_to_have_text(re.compile("not"))
    assert one.violations() == []
    rule.get_by_role("button", name="Show").click()
    expect(page.locator("#chip-rule")).to_contain_text("Champions")
    bar = page.locator("#list-filters").bounding_box()
    assert bar is not None
    assert bar["height"] < 50  # one line

    page.locator("#results tbody tr td.number").first.click()
    page.locator("tenure-peek").get_by_role("link", name="Why it is here").click()
    expect(page.locator(".why-lines .verdict.positive")).to_have_count(3)
    assert one.violations() == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def the_columns_are_chosen_and_resized(page: Page) -> None:
    page.locator("#columns-button").click()
    menu = page.locator("#columns-menu")
    menu.get_by_role("checkbox", name="Owner").uncheck()
    menu.get_by_role("checkbox", name="Country").check()
    menu.get_by_role("button", name="Show").click()
    heads = page.locator("#results thead")
    expect(heads).to_contain_text("Country")
    expect(heads).not_to_contain_text("Owner")
    city = heads.locator("th", has_text="City")
    edge = city.locator(".resize").bounding_box()
    before = page.locator("col[data-col=city]").get_attribute("width")
    assert edge is not None
    page.mouse.move(edge["x"] + 4, edge["y"] + 8)
    page.mouse.down()
    page.mouse.move(edge["x"] + 44, edge["y"] + 8, steps=4)
    with page.expect_response(re.compile("/columns/")):
        page.mouse.up()
    page.reload()
    assert int(page.locator("col[data-col=city]").get_attribute("width") or 0) > int(before or 0)


def the_view_is_saved_pinned_and_shared(one: Tab) -> None:
    page = one.page
    page.get_by_role("link", name="Save as view").click()
    form = page.locator("dialog .form")
    expect(form.get_by_label("Team")).to_be_hidden()
    form.get_by_label("Who sees it").select_option("team")
    expect(form.get_by_label("Team")).to_be_visible()
    form.get_by_label("Who sees it").select_option("everyone")
    form.get_by_label("Name").fill("Big champions")
    assert one.violations() == []
    form.get_by_role("button", name="Save").click()
    tab = page.locator(".view-tab", has_text="Big champions")
    expect(tab).to_have_attribute("aria-current", "page")


def views(page: Page) -> Page:
    page.get_by_role("button", name="Views").click()
    return page.locator("#views-menu")  # type: ignore[return-value]


def a_colleague_opens_it(one: Tab) -> None:
    page = one.go("/customers/")
    views(page).get_by_role("link", name="Big champions").click()
    expect(page.locator("#chip-rule")).to_contain_text("Champions")
    expect(page.locator("#results thead")).to_contain_text("Country")
    views(page).get_by_role("button", name="Keep among my tabs").click()
    expect(page.locator(".view-tab", has_text="Big champions")).to_be_visible()
    page.goto(one.address + "/customers/?view=all")
    expect(page.locator(".view-tab", has_text="Big champions")).to_be_visible()


def a_cell_is_edited_and_set_back(one: Tab) -> None:
    page = one.go(MINE + "&columns=name,city")
    cell = page.locator("td[data-field=city]").first
    before = cell.inner_text()
    cell.dblclick()
    editor = cell.locator("input[name=value]")
    expect(editor).to_be_focused()
    expect(page.locator("tenure-peek[open]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    cell.dblclick()
    expect(editor).to_be_focused()
    page.keyboard.type("Longyearbyen")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("Longyearbyen")
    page.locator("tenure-toasts").get_by_role("button", name="Undo").click()
    expect(cell).to_have_text(before)


def a_card_is_moved_by_keys_and_by_drag(one: Tab) -> None:
    page = one.go("/customers/?owner=me&layout=board&board=lead_status")
    new, working = (page.locator(f".board-column[data-value={value}]") for value in ("new", "working"))
    card = new.locator(".board-card").first
    name = card.locator(".board-title").inner_text()
    card.focus()
    with page.expect_response(re.compile("/customers/")):
        page.keyboard.press("Alt+ArrowRight")
    moved = working.locator(".board-card", has_text=name).first
    expect(moved).to_be_visible()
    assert one.violations() == []
    with page.expect_response(re.compile("/customers/")):
        moved.drag_to(new.locator("header"))
    expect(new.locator(".board-card", has_text=name).first).to_be_visible()
    page.reload()
    expect(new.locator(".board-card", has_text=name).first).to_be_visible()


def groups_lead_to_their_records(one: Tab) -> None:
    page = one.go("/customers/?group=rfm_group")
    expect(page.locator('.group-head td[data-label="Lifetime value"]').first).to_contain_text("€")
    assert one.violations() == []
    page.locator(".group-head a").first.click()
    expect(page.locator("#results tbody tr[data-id]").first).to_be_visible()
    expect(page.locator(".group-head")).to_have_count(0)


def test_many_records_are_tagged_by_a_job_and_set_back(tab: Callable[..., Tab]) -> None:
    one = tab("manager")
    page = one.go("/customers/?q=an")
    page.locator("[data-select-page]").check(force=True)
    page.get_by_role("button", name="Select all").click()
    bar = page.locator(".selection-bar")
    expect(bar).to_contain_text(re.compile(r"All [\d,]+ selected"))
    assert one.violations() == []
    bar.get_by_role("button", name="Add a tag").click()
    form = page.locator("dialog .form")
    form.get_by_label("Tag").fill("winter fair")
    form.get_by_role("button", name="Add a tag").click()
    page.wait_for_url(re.compile(r"/bulk/\d+/"))
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=60_000)
    run = page.url
    assert one.violations() == []
    page.get_by_role("button", name="Undo").first.click()
    page.goto(run)
    expect(page.get_by_role("heading", name="Undone")).to_be_visible(timeout=60_000)


def test_an_export_is_asked_for_and_fetched(tab: Callable[..., Tab]) -> None:
    page = tab("manager").go("/customers/?q=anouk")
    page.locator("[data-select-page]").check(force=True)
    page.locator(".selection-bar").get_by_role("button", name="Export").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/"))
    link = page.locator("#job a[download]")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as fetched:
        link.click()
    assert "Anouk" in fetched.value.path().read_text(encoding="utf-8-sig")
