"""The mail that brings a quote, as it is before its sender changes it."""

from django.utils.translation import gettext as _

from crm.company.reading import long_day
from crm.money.formatting import money
from sales.models import Quote


def mail_words(quote: Quote, sender: str) -> dict[str, str]:
    """Subject and text."""
    values = {
        "title": quote.title,
        "number": str(quote),
        "total": money(quote.total_amount, quote.currency),
        "day": long_day(quote.valid_until),
        "sender": sender,
        "company": quote.sender_name,
    }
    subject = _("Quote %(number)s from %(company)s: %(title)s") % values
    begin = (
        _("Hello,\n\nhere is our quote for “%(title)s”: %(total)s in all.")
        if quote.edition == 1
        else _("Hello,\n\nhere is the new version of our quote for “%(title)s”: %(total)s in all.")
    )
    rest = _(
        "It is valid until %(day)s. You can accept it online with one click, or tell us what to change.\n\n"
        "Kind regards\n%(sender)s\n%(company)s"
    )
    return {"subject": subject[:200], "text": f"{begin}\n\n{rest}" % values}
