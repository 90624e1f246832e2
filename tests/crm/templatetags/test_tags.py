"""The tags of the design language, rendered as a page would."""

from datetime import UTC, date, datetime

from django.template import Context, Template
from django.test import RequestFactory

from crm.templatetags.crm import initials


def rendered(source: str, address: str = "/customers/", **context: object) -> str:
    return Template(source).render(Context({"request": RequestFactory().get(address), **context}))


def test_query_changes_one_parameter_and_starts_over() -> None:
    page = rendered('{% query sort="name" q="" %}', "/customers/?q=ada&kind=person&after=abc")
    assert page == "?kind=person&amp;sort=name"


def test_query_keeps_the_cursor_it_is_given() -> None:
    assert (
        rendered('{% query after="xyz" before="" %}', "/customers/?before=abc&kind=person")
        == "?kind=person&amp;after=xyz"
    )


def test_a_sorted_column_says_so_and_turns_round() -> None:
    head = rendered('{% sort_head "name" "Name" %}', sort="-name")
    assert 'aria-sort="descending"' in head
    assert 'href="?sort=name"' in head


def test_a_number_column_starts_with_the_largest() -> None:
    head = rendered('{% sort_head "amount" "Amount" "number" "desc" %}', sort="name")
    assert "aria-sort" not in head
    assert 'href="?sort=-amount"' in head


def test_a_label_is_escaped() -> None:
    assert "<b>" not in rendered('{% sort_head "name" label %}', label="<b>")


def test_time_carries_the_full_moment() -> None:
    page = rendered("{% time_tag moment %}", moment=datetime(2024, 3, 14, 9, 30, tzinfo=UTC))
    assert page.startswith('<time datetime="2024-03-14T')
    assert page.endswith(">14 Mar 2024</time>")


def test_a_day_and_nothing() -> None:
    assert "14 March 2024" in rendered("{% time_tag day 'full' %}", day=date(2024, 3, 14))
    assert rendered("{% time_tag none %}", none=None) == ""


def test_initials() -> None:
    assert [initials(name) for name in ("Ada Lindqvist", "Granite & Sons", "rep@tenure.example", "")] == [
        "AL",
        "GS",
        "RT",
        "?",
    ]
