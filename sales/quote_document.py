"""A quote as texts for its PDF: the same texts for the same edition, so that it is the same file."""

import re
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.company.reading import long_day
from crm.company.selectors import company
from crm.money.formatting import money, money_exact, number
from crm.texts import INVISIBLE
from sales.models import Quote, QuoteLine

#: letters without a gap, after which a line may break all the same
LONGEST_WORD = 24
UNBROKEN = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
ZERO_WIDTH_SPACE = "\u200b"
LOGO_LIMIT = 512 * 1024


def document_data(quote: Quote) -> dict[str, Any]:
    """What templates/pdf/quote.typ sets."""
    lines = list(quote.lines.order_by("pk"))
    has_discount = any(line.discount_rate for line in lines)
    return {
        "language": (get_language() or "en")[:2],
        "date": [quote.rated_on.year, quote.rated_on.month, quote.rated_on.day],
        "word": _("Quote"),
        "number": str(quote),
        "title": plain(quote.title),
        "company": plain(quote.sender_name),
        "company_address": plain(quote.sender_address),
        "logo": logo(),
        "receiver": plain(quote.receiver_name),
        "receiver_address": plain(quote.receiver_address),
        "facts": [[str(label), plain(value)] for label, value in facts(quote)],
        "intro": paragraphs(quote.intro),
        "terms": paragraphs(quote.terms),
        "terms_word": _("Terms"),
        "columns": columns(has_discount),
        "rows": [row(quote, line, has_discount) for line in lines],
        "totals": [[str(label), value] for label, value in totals(quote)],
        "footer": _("%(company)s · Quote %(number)s")
        % {"company": plain(quote.sender_name), "number": quote},
    }


def paper(quote: Quote) -> dict[str, Any]:
    """What sales/quote_paper.html shows: the document as a page."""
    lines = list(quote.lines.order_by("pk"))
    return {
        "quote": quote,
        "lines": lines,
        "has_discount": any(line.discount_rate for line in lines),
        "facts": facts(quote),
        "totals": totals(quote),
        "intro": [part for part in re.split(r"\n\s*\n", quote.intro.replace("\r", "")) if part.strip()],
        "terms": [part for part in re.split(r"\n\s*\n", quote.terms.replace("\r", "")) if part.strip()],
    }


def facts(quote: Quote) -> list[tuple[str, str]]:
    found = [
        (_("Number"), quote.number),
        (_("Version"), str(quote.edition) if quote.edition > 1 else ""),
        (_("Date"), long_day(quote.rated_on)),
        (_("Valid until"), long_day(quote.valid_until)),
    ]
    return [(label, value) for label, value in found if value]


def totals(quote: Quote) -> list[tuple[str, str]]:
    """Net and tax only where there is a tax; the last one is what is to be paid."""
    total = (_("Total"), money(quote.total_amount, quote.currency))
    if not quote.tax_rate:
        return [total]
    tax = _("Tax %(rate)s %%") % {"rate": rate(quote.tax_rate)}
    return [
        (_("Net"), money(quote.net_amount, quote.currency)),
        (tax, money(quote.tax_amount, quote.currency)),
        total,
    ]


def columns(has_discount: bool) -> list[str]:
    found = [
        _("Description"),
        _("Quantity"),
        _("Unit price"),
        _("Discount") if has_discount else "",
        _("Amount"),
    ]
    return [label for label in found if label]


def row(quote: Quote, line: QuoteLine, has_discount: bool) -> list[str]:
    discount = [f"{rate(line.discount_rate)} %" if line.discount_rate else "–"] if has_discount else []
    return [
        plain(line.text),
        rate(line.quantity),
        money_exact(line.unit_amount, quote.currency),
        *discount,
        money(line.line_amount, quote.currency),
    ]


def rate(value: Any) -> str:
    """A number without the zeros behind it."""
    text = f"{value.normalize():f}"
    return number(value, len(text.partition(".")[2]))


def paragraphs(text: str) -> list[str]:
    """Parts with an empty line between them; line breaks inside stay."""
    return [plain(part.strip()) for part in re.split(r"\n\s*\n", text.replace("\r", "")) if part.strip()]


def plain(text: str) -> str:
    """Without control characters and half characters, and with places where endless words may break."""
    seen = INVISIBLE.sub("", text.replace("\r", "")).encode("utf-8", "ignore").decode()
    return UNBROKEN.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, seen)


def logo() -> dict[str, Any] | None:
    """The company's logo as bytes, for a template that can open no file; none where it is gone or too large."""
    found = company()
    if not found.logo:
        return None
    try:
        if found.logo.size > LOGO_LIMIT:
            return None
        with found.logo.open("rb") as content:
            return {
                "bytes": list(content.read()),
                "format": {"jpeg": "jpg"}.get(found.logo_kind, found.logo_kind),
            }
    except OSError:
        return None
