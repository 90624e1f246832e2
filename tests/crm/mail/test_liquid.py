"""Texts that people write: filled in, or refused in plain words; whatever they hold, it costs little."""

import resource
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from crm.mail.liquid import LiquidProblem, check, render

FIELDS = {"customer": {"name": "Ada <b>", "orders": [{"amount": Decimal("9.50")}, {"amount": Decimal(1)}]}}
KNOWN = {"customer.name", "customer.orders"}


def test_fields_are_filled_in() -> None:
    text = (
        "Dear {{ customer.name | upcase }},{% for order in customer.orders %} {{ order.amount }}{% endfor %}"
    )
    assert render(text, FIELDS) == "Dear ADA <B>, 9.50 1"


def test_in_html_values_are_escaped_and_cannot_say_otherwise() -> None:
    assert render("<p>{{ customer.name }}</p>", FIELDS, html=True) == "<p>Ada &lt;b&gt;</p>"
    with pytest.raises(LiquidProblem, match="safe"):
        render("{{ customer.name | safe }}", FIELDS, html=True)


def test_a_missing_value_is_empty() -> None:
    assert (
        render("Dear {{ customer.title | default: 'friend' }}{{ nothing.at.all }}", FIELDS) == "Dear friend"
    )


def test_a_field_that_nobody_knows_is_refused_when_the_text_is_saved() -> None:
    check("{{ customer.name }} {% assign x = customer.name %}{{ x }}", KNOWN)
    for text in ("{{ customer.password }}", "{% if settings.SECRET_KEY %}x{% endif %}"):
        with pytest.raises(LiquidProblem, match="There is no field"):
            check(text, KNOWN)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("one\n{{ customer.name | nothing }}", "Line 2"),
        ("{% if %}", "Line 1"),
        ("{% for x in %}{% endfor %}", "cannot be read"),
        ("{{ 'a' ", "Line 1"),
        ("{% include 'secrets' %}", "Line 1"),
        ("{% render 'secrets' %}", "Line 1"),
        ("x" * 200_000, "longer than"),
        ("{% if true %}" * 200 + "{% endif %}" * 200, "too deep"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(LiquidProblem, match=told):
        render(text, FIELDS)


DOUBLING = "{% assign x = 'xxxxxxxxxx' %}" + "{% assign x = x | append: x %}" * 24 + "{{ x }}"
ATTACKS = {
    "doubling": DOUBLING,
    "doubling by capture": "{% assign x = 'xxxxxxxxxx' %}"
    + "{% capture x %}{{ x }}{{ x }}{% endcapture %}" * 24
    + "{{ x }}",
    "replace": "{% assign x = 'aaaaaaaaaa' %}"
    + "{% assign x = x | append: x %}" * 13
    + "{{ x | replace: 'a', x }}",
    "loop": "{% for i in (1..1000000000) %}x{% endfor %}",
    "nested loops": "{% for i in (1..1000) %}{% for j in (1..1000) %}{{ i }}{% endfor %}{% endfor %}",
    "range into a list": "{{ (1..1000000000) | join: '-' }}",
    "range reversed": "{% assign x = (1..1000000000) | reverse %}{{ x | size }}",
    "join": "{% assign g = 'gggggggggg' %}"
    + "{% assign g = g | append: g %}" * 12
    + "{{ (1..9999) | join: g }}",
    "numbers": "{% assign n = 99999999999 %}" + "{% assign n = n | times: n %}" * 30 + "{{ n }}",
    "output": "{% assign x = 'xxxxxxxxxx' %}"
    + "{% assign x = x | append: x %}" * 12
    + "{% for i in (1..9999) %}{{ x }}{% endfor %}",
    "lists": "{% assign a = 'a,b,c,d' | split: ',' %}" + "{% assign a = a | concat: a %}" * 24,
    "table": "{% tablerow i in (1..100000000) %}x{% endtablerow %}",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_text_that_would_eat_the_machine_is_stopped_early(name: str) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(LiquidProblem, match="too large or too deep"):
        render(ATTACKS[name], FIELDS)
    assert time.monotonic() - start < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_without_the_limits_doubling_would_build_much() -> None:
    """The twin: 17 doublings in Liquid as it comes."""
    from liquid import Environment

    text = "{% assign x = 'xxxxxxxxxx' %}" + "{% assign x = x | append: x %}" * 17 + "{{ x }}"
    assert len(Environment().from_string(text).render()) == 10 * 2**17


@pytest.mark.parametrize(
    "text",
    [
        "{{ customer.__class__ }}",
        "{{ customer['__class__'] }}",
        "{{ customer.name.__class__.__mro__ }}",
        "{{ customer.orders.append }}",
        "{{ customer.items }}",
        "{{ customer.orders[0].amount.real.__init__ }}",
    ],
)
def test_nothing_of_the_program_can_be_reached(text: str) -> None:
    assert render(text, FIELDS) == ""


@pytest.mark.parametrize("value", [object(), Markup("<b>"), print, {"x": object()}, [Markup("<i>")]])
def test_the_program_puts_in_data_alone(value: Any) -> None:
    with pytest.raises(TypeError):
        render("{{ x }}", {"x": value})


PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "for", "in", "(1..9)", "if", "endif", "endfor", "assign", "x", "=", "|", "append:",
     "times:", "'", "customer", ".", "[", "]", "capture", "endcapture", "case", "when", "-", "99", ",", "date:", "%Y"]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=25).map(" ".join))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    for html in (False, True):
        try:
            render(text, FIELDS, html=html)
        except LiquidProblem:
            continue
