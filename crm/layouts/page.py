"""What the editor of a layout draws."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.models import Role
from crm.fields.models import CustomField
from crm.layouts.arrangement import Offer, Order, gone
from crm.layouts.forms import LayoutForm, texts_of
from crm.layouts.models import RecordLayout
from crm.layouts.selectors import arrangement_of
from crm.records.kinds import Kind
from crm.records.services import CUSTOM


def drawn_page(form: LayoutForm) -> dict[str, Any]:
    """The inputs, which leave out what is gone; groups, hidden properties, tabs and panels with their words."""
    drawn, offer = form.drawn(), form.offer

    def items(keys: Iterable[str]) -> list[dict[str, Any]]:
        return [
            {"key": key, "label": offer.properties[key], "is_optional": key in offer.optional} for key in keys
        ]

    return {
        "parts": texts_of(drawn).items(),
        "groups": [
            {"title": group.title, "is_folded": group.is_folded, "items": items(group.fields)}
            for group in drawn.groups
        ],
        "rest": items(drawn.rest),
        "hidden": items(drawn.hidden),
        "orders": [
            order
            for order in (
                order_context(form, "tabs", _("Tabs"), drawn.tabs, offer.tabs),
                order_context(form, "panels", _("Panels"), drawn.panels, offer.panels),
            )
            if len(order["rows"]) > 1
        ],
    }


def order_context(form: LayoutForm, name: str, title: str, order: Order, words: Any) -> dict[str, Any]:
    rows = [{"key": key, "label": words[key], "is_shown": True} for key in order.shown]
    rows += [{"key": key, "label": words[key], "is_shown": False} for key in order.hidden]
    return {"name": name, "title": title, "rows": rows, "field": form[name]}


def gone_words(row: RecordLayout, offer: Offer) -> list[str]:
    """What the layout names and is no more; a field of one's own by its name."""
    keys = gone(arrangement_of(row), offer)
    own = CustomField.objects.filter(kind=row.kind) if keys else CustomField.objects.none()
    labels = {f"{CUSTOM}{field.key}": field.label for field in own}
    return [labels.get(key, key) for key in keys]


def role_links(
    kind: Kind, roles: Sequence[Role], rows: Iterable[RecordLayout], chosen: Role | None = None
) -> list[dict[str, Any]]:
    """Everybody, then each role: the way to its layout, and whether it has one."""
    own = {row.role_id for row in rows if row.kind == kind.key}
    first = {
        "label": _("Everybody"),
        "url": reverse("layouts:edit", args=[kind.slug]),
        "has_own": None in own,
        "active": chosen is None,
    }
    return [
        first,
        *(
            {
                "label": role.name,
                "url": reverse("layouts:edit-role", args=[kind.slug, role.pk]),
                "has_own": role.pk in own,
                "active": chosen == role,
            }
            for role in roles
        ),
    ]
