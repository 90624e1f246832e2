"""What a customer's record page shows beside the timeline."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.choices import PointKind
from contacts.models import ContactPoint, Customer
from crm.records.properties import Property, PropertyGroup
from crm.world import country_name, language_name

FIELD_GROUPS = (
    ("", ("name", "kind", "organisation", "job_title")),
    (gettext_lazy("Address"), ("street", "postal_code", "city", "region", "country")),
    (gettext_lazy("Working on it"), ("owner", "team", "lead_status", "source", "language")),
)
POINT_LABELS = {PointKind.EMAIL: gettext_lazy("E-mail"), PointKind.PHONE: gettext_lazy("Phone")}
SCHEMES = {PointKind.EMAIL: "mailto:", PointKind.PHONE: "tel:"}
PERSON_ONLY = {"organisation", "job_title"}
# quicker than the display of a choice among hundreds
NAMED: dict[str, Callable[[str], str]] = {"country": country_name, "language": language_name}
NEEDS_ASSIGN = {"owner", "team"}


def property_groups(
    customer: Customer, *, can_edit: bool, can_assign: bool, hides_employer: bool
) -> list[PropertyGroup]:
    points = list(customer.contact_points.all())
    groups = [
        PropertyGroup(
            title, [field_property(customer, name, can_edit, can_assign) for name in shown(customer, names)]
        )
        for title, names in FIELD_GROUPS
    ]
    reach = [point_property(points, kind, can_edit) for kind in POINT_LABELS]
    if hides_employer:
        own = groups[0].properties
        own[:] = [hidden_employer() if item.name == "organisation" else item for item in own]
    groups.insert(1, PropertyGroup(_("Reach"), reach + other_points(points)))
    return groups


def shown(customer: Customer, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if customer.is_person or name not in PERSON_ONLY]


def field_property(customer: Customer, name: str, can_edit: bool, can_assign: bool) -> Property:
    """A property of the customer's own row."""
    field = Customer._meta.get_field(name)
    value = shown_value(customer, name)
    url = ""
    if name == "organisation" and customer.organisation_id:
        url = reverse("contacts:customer-record", args=[customer.organisation_id])
    editable = can_edit and (can_assign or name not in NEEDS_ASSIGN)
    return Property(name, str(field.verbose_name).capitalize(), str(value), url, editable)  # type: ignore[union-attr]


def shown_value(customer: Customer, name: str) -> Any:
    value = getattr(customer, name)
    if not value:
        return ""
    if name in NAMED:
        return NAMED[name](value)
    display = getattr(customer, f"get_{name}_display", None)
    return display() if display else value


def hidden_employer() -> Property:
    label = str(Customer._meta.get_field("organisation").verbose_name).capitalize()
    return Property("organisation", label, _("not visible to you"), editable=False)


def point_property(points: list[ContactPoint], kind: PointKind, can_edit: bool) -> Property:
    """The primary e-mail or phone."""
    point = next((point for point in points if point.kind == kind and point.is_primary), None)
    value = point.shown if point else ""
    return Property(
        kind.value, POINT_LABELS[kind], value, SCHEMES[kind] + point.value if point else "", can_edit
    )


def other_points(points: list[ContactPoint]) -> list[Property]:
    """Ways to reach the customer beside the primary ones."""
    rest = [point for point in points if not (point.is_primary and point.kind in POINT_LABELS)]
    return [
        Property(f"point-{point.pk}", point.get_kind_display(), point.shown, point_url(point), editable=False)
        for point in rest
    ]


def point_url(point: ContactPoint) -> str:
    if point.kind == PointKind.WEB:
        return point.value if point.value.startswith(("https://", "http://")) else f"https://{point.value}"
    return SCHEMES.get(PointKind(point.kind), "") + point.value if point.kind in SCHEMES else ""


def property_of(
    customer: Customer, name: str, *, can_edit: bool, can_assign: bool, hides_employer: bool
) -> Property | None:
    """One property by its name; None for a name that no record page shows."""
    for group in property_groups(
        customer, can_edit=can_edit, can_assign=can_assign, hides_employer=hides_employer
    ):
        for item in group.properties:
            if item.name == name:
                return item
    return None
