"""Quotes with their lines, as the API offers them: made of a deal, sent, revised, withdrawn."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.api.resources import Action, Nested, Resource, Row
from crm.staff.models import User
from sales.api.lines import line_row, product_names, schema
from sales.models import Quote, QuoteLine
from sales.quote_defaults import addresses
from sales.quote_words import mail_words
from sales.services.quote import quote_create, quote_revise, quote_withdraw
from sales.services.quote_send import quote_send

EDIT = "sales.edit_deal"


def fill(user: User, rows: list[Row]) -> None:
    """One query for the lines of a page, one for the products that the reader may see."""
    found = list(QuoteLine.objects.filter(quote_id__in=[row["id"] for row in rows]).order_by("pk"))
    names = product_names(user, {line.product_id for line in found if line.product_id})
    by_quote: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    for line in found:
        by_quote[line.quote_id].append(line_row(line, names))
    for row in rows:
        row["lines"] = by_quote[row["id"]]


def create_quote(*, actor: User, values: Mapping[str, Any]) -> Quote:
    return quote_create(actor=actor, deal=values["deal"])


def send_quote(*, actor: User, obj: Quote) -> Quote:
    """With the usual words, to who decides, else to the customer. One that was sent stays as it is."""
    if obj.sent_at is not None:
        return obj
    known = addresses(actor, obj.deal)
    if not known:
        raise ValidationError(_("No e-mail address of this customer is known."))
    words = mail_words(obj, actor.name)
    return quote_send(actor=actor, quote=obj, to=known[0], subject=words["subject"], text=words["text"])


def revise_quote(*, actor: User, obj: Quote) -> Quote:
    return quote_revise(actor=actor, quote=obj)


def withdraw_quote(*, actor: User, obj: Quote) -> Quote:
    return quote_withdraw(actor=actor, quote=obj)


QUOTES = Resource(
    name="quotes",
    kind="sales.quote",
    one="Quote",
    scopes=("sales.deal",),
    create=create_quote,
    creates=("deal",),
    requires=("deal",),
    nested=(Nested("lines", schema, fill),),
    actions=(
        Action("send", send_quote, gettext_lazy("Send it by mail, with its link and its PDF")),
        Action(
            "revise",
            revise_quote,
            gettext_lazy("Make a new version, as a draft: it is the newest of its number"),
        ),
        Action("withdraw", withdraw_quote, gettext_lazy("Take the offer back")),
    ),
    permissions=dict.fromkeys(("create", "send", "revise", "withdraw"), EDIT),
    select=("deal__customer", "deal__owner", "deal__team"),
)
