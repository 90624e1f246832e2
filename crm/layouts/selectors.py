"""Which layout a reader gets: that of the first of their roles that has one, else everybody's, else the declaration."""

from django.urls import reverse

from crm.access.grants import grants
from crm.access.services import allowed
from crm.fields.catalogue import all_fields, fields_for
from crm.layouts.arrangement import Arrangement, Offer, fitted, read_arrangement
from crm.layouts.models import RecordLayout
from crm.layouts.offers import declared_arrangement, offer_of
from crm.records.kinds import Kind
from crm.staff.models import User


def layout_for(kind: Kind, user: User) -> Arrangement:
    """What the reader's page of such a record shows, of what they may know; read once in a request."""
    held: dict[str, Arrangement] = grants(user).__dict__.setdefault("kept_layouts", {})
    if kind.key not in held:
        row = row_for(kind, user)
        arrangement = arrangement_of(row) if row else declared_arrangement(kind)
        held[kind.key] = fitted(arrangement, offer_of(kind, fields_for(kind.key, user)))
    return held[kind.key]


def row_for(kind: Kind, user: User) -> RecordLayout | None:
    rows = {row.role_id: row for row in RecordLayout.objects.filter(kind=kind.key, deleted_at=None)}
    own = (rows[role] for role in grants(user).roles if role in rows)
    return next(own, rows.get(None))


def arrangement_of(row: RecordLayout) -> Arrangement:
    return read_arrangement(row.properties, row.tabs, row.panels)


def layout_url(kind: Kind, user: User) -> str:
    """Where the reader arranges the page of such records; empty for those who may not."""
    may_arrange = kind.page is not None and allowed(user, "layouts.edit_layout")
    return reverse("layouts:edit", args=[kind.slug]) if may_arrange else ""


def full_offer(kind: Kind) -> Offer:
    """For the one who arranges: also what they may not know themselves."""
    return offer_of(kind, all_fields(kind.key))
