"""RFM groups: what they are worth and buy, what they are offered at which price, and what they say to it."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.choices import RfmGroup
from contacts.permissions import VIEW_VALUE
from crm.access.services import allowed, field_level
from crm.access.views import ProtectedView
from crm.records.panels import declared, filled_panels
from crm.records.tones import group_tone
from crm.rules.tree import is_empty, read_tree
from sales.forecasting import Span
from sales.group_doors import Doors, last_year
from sales.group_figures import Figures, sees_all, top_products
from sales.group_kept import Kept, kept_figures
from sales.group_parts import bands, held_books, known_group, lost_reasons, said_no, talks

PRODUCTS, NOTES = 12, 5


class GroupListView(ProtectedView):
    """All groups side by side."""

    permission = VIEW_VALUE

    def get(self, request: HttpRequest) -> HttpResponse:
        span = last_year()
        found, computed_at = self.read(span)
        every = found.pop("all")
        rows = [self.row(group, one, every, Doors(group, span)) for group, one in found.items()]
        context = {"rows": rows, "every": every, "span": span, "computed_at": computed_at, **self.knows()}
        return render(request, "sales/group_list.html", context)

    def read(self, span: Span) -> Kept:
        """`?anew=1` computes what was kept once more."""
        found, computed_at = kept_figures(self.user, span, anew=bool(self.request.GET.get("anew")))
        return dict(found), computed_at

    def row(self, group: str, one: Figures, every: Figures, doors: Doors) -> dict[str, Any]:
        return {
            "key": group,
            "label": RfmGroup(group).label,
            "tone": group_tone(group),
            "figures": one,
            "share": share(one, every),
            "customers_url": doors.customers(),
            "orders_url": doors.orders(),
            "won_url": doors.deals(state="won"),
        }

    def knows(self) -> dict[str, bool]:
        return {
            "sees_all": sees_all(self.user),
            "knows_orders": allowed(self.user, "sales.view_order"),
            "knows_deals": allowed(self.user, "sales.view_deal"),
            "knows_books": allowed(self.user, "sales.view_pricebook"),
            "knows_margin": field_level(self.user, "finance") != "hidden",
        }


def share(one: Figures, every: Figures) -> float | None:
    return float(one.revenue / every.revenue) if every.revenue else None


class GroupView(GroupListView):
    """One group against all customers."""

    def get(self, request: HttpRequest, group: str = "") -> HttpResponse:
        if not known_group(group):
            raise Http404
        span = last_year()
        found, computed_at = self.read(span)
        every = found.pop("all")
        doors, one = Doors(group, span), found[group]
        context = {
            "row": self.row(group, one, every, doors),
            "one": one,
            "every": every,
            "span": span,
            "computed_at": computed_at,
            "groups": RfmGroup.choices,
            "panels": filled_panels("GROUP_PANELS", self.user, self.panel_keys(), group=group),
            **self.knows(),
            **self.parts(group, one, every, doors, {key: each.customers for key, each in found.items()}),
        }
        return render(request, "sales/group.html", context)

    def panel_keys(self) -> list[str]:
        return [panel.key for panel in declared("GROUP_PANELS")] if settings.GROUP_PANELS else []

    def parts(
        self, group: str, one: Figures, every: Figures, doors: Doors, sizes: dict[str, int]
    ) -> dict[str, Any]:
        user, span, knows = self.user, doors.span, self.knows()
        return {
            "payers_url": doors.payers(),
            "lost_url": doors.deals(state="lost"),
            "products": [
                (row, doors.buyers(row.product.pk), doors.orders(product=row.product.pk))
                for row in top_products(user, one, every, PRODUCTS)
            ],
            "bands": [
                (band, doors.quotes(band=band.key), {
                    name: doors.quotes(band=band.key, status=name) for name in ("accepted", "declined")
                })
                for band in (bands(user, span, group) if knows["knows_deals"] else [])
            ],
            "reasons": [
                (row, doors.deals(state="lost", loss_reason=row["loss_reason"]) if row["loss_reason"] else "")
                for row in (lost_reasons(user, span, group) if knows["knows_deals"] else [])
            ],
            "notes": said_no(user, span, group, NOTES) if knows["knows_deals"] else [],
            "talks": [(talk, doors.talked(talk.kind)) for talk in talks(user, span, group, sizes)],
            "books": [
                (held, "" if held.count is None else book_door(doors, held.rule))
                for held in (held_books(user, group) if knows["knows_books"] else [])
            ],
        }  # fmt: skip


def book_door(doors: Doors, rule: Any) -> str:
    return doors.customers() if is_empty(read_tree(rule)) else doors.customers(rule)
