"""Making quotes in tests."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from crm.jobs.services import run
from crm.staff.models import User
from sales.models import Deal, Quote
from sales.services.deal_lines import deal_lines_save
from sales.services.order import Line
from sales.services.quote import quote_create
from sales.services.quote_file import quote_file_make
from sales.services.quote_send import quote_send

MACHINE = Line(Decimal(1), Decimal(4890), text="Espresso machine", discount_rate=Decimal(10))
BEANS = Line(Decimal(24), Decimal("38.50"), text="Beans, 1 kg")
MakeDeal = Callable[..., Deal]


def drafted(actor: User, make_deal: MakeDeal, *lines: Line, **more: Any) -> Quote:
    deal = make_deal(actor, **more)
    deal_lines_save(actor=actor, deal=deal, lines=lines or (MACHINE, BEANS), version=deal.version)
    return quote_create(actor=actor, deal=deal)


def sent(actor: User, quote: Quote, **more: Any) -> Quote:
    quote_file_make(quote.pk)
    return quote_send(actor=actor, quote=Quote.objects.get(pk=quote.pk), **more)


__all__ = ["BEANS", "MACHINE", "MakeDeal", "drafted", "run", "sent"]
