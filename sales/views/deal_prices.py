"""One click on a deal's lines: today's prices, the next tier, the next quantity that costs less."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from crm.access.views import ProtectedView
from crm.lists.kind_view import read_version
from crm.money.formatting import money
from crm.records.errors import StaleRecord
from sales.models import Deal
from sales.selectors import deal_find
from sales.services.deal_prices import deal_line_tier, deal_line_volume, deal_reprice
from sales.views.deal_parts import tab


class LinesStep(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int, **more: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        self.check(deal, **more)
        try:
            text = self.step(deal, read_version(request, deal), **more)
        except StaleRecord:
            messages.error(request, _("Somebody else changed this deal meanwhile. Look at its lines again."))
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, text)
        return tab(deal, "lines")

    def check(self, deal: Deal, **more: int) -> None:
        """Raises Http404 for parts that are not the deal's."""

    def step(self, deal: Deal, version: int, **more: int) -> str:
        raise NotImplementedError


class RepriceView(LinesStep):
    def step(self, deal: Deal, version: int, **more: int) -> str:
        deal_reprice(actor=self.user, deal=deal, version=version)
        return _("The lines have today's prices.")


class LineStep(LinesStep):
    service: ClassVar[Callable[..., Any]]

    def check(self, deal: Deal, **more: int) -> None:
        if not deal.lines.filter(pk=more["line_pk"]).exists():
            raise Http404

    def step(self, deal: Deal, version: int, **more: int) -> str:
        found = type(self).service(actor=self.user, deal=deal, line=more["line_pk"], version=version)
        added = money(found.amount, deal.currency)
        return _("%(text)s: %(amount)s added.") % {"text": found.line.text, "amount": added}


class LineTierView(LineStep):
    service = staticmethod(deal_line_tier)


class LineVolumeView(LineStep):
    service = staticmethod(deal_line_volume)
