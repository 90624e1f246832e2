"""What makes a row bad: one SQL condition each, over the texts and the typed values of `stage.READ`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# control characters, and those that turn the direction of what follows or have no width
HIDDEN = r"\x01-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff"
LOCAL_PART = rf"[^][@:;,<>()\"[:space:]\\.{HIDDEN}]+"
EMAIL = (
    rf"^{LOCAL_PART}([.]{LOCAL_PART})*"
    r"@([[:alnum:]]([[:alnum:]-]*[[:alnum:]])?[.])+[[:alnum:]][[:alnum:]-]*[[:alnum:]]$"
)
FORMULA = "{0}_formula"  # judged before an apostrophe that guards a formula is taken off
FORMULA_NOT_NUMBER = FORMULA + " AND {0} !~ '^[+-]?[0-9]+([.][0-9]+)?$'"


@dataclass(frozen=True)
class Check:
    """`condition` is true for a bad row; `field` says which cell is to blame ("" for the whole row)."""

    field: str
    condition: str
    message: str | Promise


FORMULA_MESSAGE = _(
    "This is a formula. Remove the sign at its beginning, or put an apostrophe (') before it."
)


def text_checks(field: str, longest: int, formula: str = FORMULA) -> tuple[Check, ...]:
    return (
        Check(field, formula.format(field), FORMULA_MESSAGE),
        Check(field, f"char_length({field}) > {longest}", LONGEST[longest]),
    )


def unread(field: str, given: str, typed: str, message: str | Promise) -> Check:
    """Something is `given` that no `typed` value could be read from."""
    return Check(field, f"{given} AND {typed} IS NULL", message)


LONGEST = {
    120: _("This is longer than 120 characters."),
    200: _("This is longer than 200 characters."),
    254: _("This is longer than 254 characters."),
}

CHECKS: tuple[Check, ...] = (
    Check("", "cells <> width", _("This row has another number of cells than the header.")),
    Check("customer_id", "customer_id IS NULL", _("The customer id is missing.")),
    *text_checks("customer_id", 120, FORMULA_NOT_NUMBER),
    *text_checks("order_id", 120, FORMULA_NOT_NUMBER),
    Check("ordered_on", "ordered_on IS NULL AND ordered_at IS NULL", _("The date is missing.")),
    unread(
        "ordered_on",
        "ordered_at IS NULL AND ordered_on IS NOT NULL",
        "placed_on",
        _("This is not a day of the calendar. Write it like 2026-11-23."),
    ),
    unread(
        "ordered_at",
        "ordered_at IS NOT NULL",
        "placed_on",
        _("This is not a moment of the calendar. Write it like 2026-11-23 14:05."),
    ),
    Check("ordered_on", "placed_on < DATE '1900-01-01'", _("The date lies before 1900.")),
    Check("ordered_on", "placed_on > latest", _("The date lies in the future.")),
    Check("amount", "amount_text IS NULL", _("The amount is missing.")),
    unread(
        "amount",
        "amount_text ~ '^[=@]'",
        "number",
        _("This is a formula, not a number. Write the amount like 1234.50."),
    ),
    unread(
        "amount",
        "amount_text !~ '^[=@]'",
        "number",
        _("This is not a number. Write the amount like 1234.50, without signs for thousands or currency."),
    ),
    Check("amount", "abs(number) > 1000000000000", _("The amount is larger than 1,000,000,000,000.")),
    Check("amount", "number <> round(number, 2)", _("The amount has more than two decimals.")),
    Check(
        "amount",
        "number < 0 AND status IS DISTINCT FROM 'returned'",
        _("A negative amount needs the status returned."),
    ),
    unread("quantity", "quantity_text IS NOT NULL", "quantity", _("This is not a quantity.")),
    Check(
        "quantity",
        "quantity <= 0 AND status IS DISTINCT FROM 'returned'",
        _("The quantity must be above zero, or the status returned."),
    ),
    Check(
        "amount",
        "rate > 1000 AND abs(number * rate) > 1000000000000000",
        _("The amount is too large in the currency of the company."),
    ),
    Check("currency", "currency IS NOT NULL AND NOT is_currency", _("This is no currency code of ISO 4217.")),
    Check(
        "currency",
        "is_currency AND placed_on IS NOT NULL AND rate IS NULL",
        _("There is no exchange rate for this currency on or before this day."),
    ),
    unread(
        "status",
        "status_text IS NOT NULL",
        "status",
        _("The status must be placed, cancelled or returned."),
    ),
    *text_checks("product", 200),
    *text_checks("name", 200),
    *(
        Check(name, f"{name} ~ '[{HIDDEN}]'", _("This holds invisible control characters."))
        for name in ("product", "name")
    ),
    *text_checks("email", 254),
    Check(
        "email",
        f"email IS NOT NULL AND email !~ '{EMAIL}'",
        _("This is not an e-mail address."),
    ),
)

# Conditions over all rows of an order number; they need the windows of stage.GROUPED.
CLASHES: tuple[Check, ...] = (
    Check(
        "customer_id",
        "customer_clash",
        _("Other rows with this order number name another customer: the id is a duplicate."),
    ),
    Check(
        "ordered_on",
        "date_clash",
        _("Other rows with this order number have another date: the id is a duplicate."),
    ),
    Check("currency", "currency_clash", _("Other rows with this order number have another currency.")),
    Check("status", "status_clash", _("Other rows with this order number have another status.")),
    Check(
        "order_id",
        "repeated",
        _(
            "This order number is a duplicate: rows of one order must name the product "
            "and differ by product, quantity or amount."
        ),
    ),
    Check(
        "order_id",
        "abs(order_amount) > 1000000000000",
        _("The rows of this order add up to more than 1,000,000,000,000."),
    ),
)

# Said of rows that are good themselves.
LEFT_OUT: tuple[Check, ...] = (
    Check("order_id", "other_customer", _("An order with this number is already here, of another customer.")),
    Check(
        "order_id",
        "NOT row_bad AND NOT clash AND group_bad",
        _("Another row of this order is bad, so the order is left out whole."),
    ),
)
