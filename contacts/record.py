"""What a customer's record page shows beside the timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.choices import PointKind
from contacts.kinds import PAGE, REACH
from contacts.models import ContactPoint, Customer
from crm.fields.declaration import Field
from crm.fields.shown import shower
from crm.fields.types import FieldType
from crm.layouts.arrangement import Arrangement
from crm.layouts.shown import property_runs
from crm.records.properties import Property, PropertyGroup, PropertyRun
from crm.records.services import CUSTOM
from crm.world import country_name, language_name

# properties of the customer's own row
OWN = tuple(key for section in PAGE.sections for key in section.items if key != REACH)
POINT_LABELS = {PointKind.EMAIL: gettext_lazy("E-mail"), PointKind.PHONE: gettext_lazy("Phone")}
SCHEMES = {PointKind.EMAIL: "mailto:", PointKind.PHONE: "tel:"}
PERSON_ONLY = {"organisation", "job_title"}
# quicker than the display of a choice among hundreds
NAMED: dict[str, Callable[[str], str]] = {"country": country_name, "language": language_name}
NEEDS_ASSIGN = {"owner", "team"}


@dataclass(frozen=True)
class Rights:
    """What the reader may do with a customer's properties, and whether they may know the organisation.

    `address` is that of the properties, found once for all of them; `custom` are the custom fields they may know.
    `read` are properties that the list reads better: those of other rows, by key.
    """

    edit: bool = False
    assign: bool = False
    hides_employer: bool = False
    address: str = ""
    custom: tuple[Field, ...] = ()
    read: Mapping[str, Property] = dataclass_field(default_factory=dict)

    def edit_url(self, name: str) -> str:
        return f"{self.address}{name}/" if self.edit else ""


def property_groups(customer: Customer, rights: Rights, layout: Arrangement) -> list[PropertyGroup]:
    """The properties as they are laid out for the reader."""
    return property_runs(layout, {REACH: reach_run(customer, rights), **properties_of(customer, rights)})


def properties_of(customer: Customer, rights: Rights) -> dict[str, Property]:
    """By key: of the own row, the custom fields, and those read from other rows."""
    own = {name: field_property(customer, name, rights) for name in shown(customer, OWN)}
    custom = {field.key: custom_property(customer, field, rights) for field in rights.custom}
    return {**own, **custom, **rights.read}


def custom_property(customer: Customer, field: Field, rights: Rights) -> Property:
    """A custom field; in addresses it is called custom-size."""
    value = customer.custom.get(field.key.removeprefix(CUSTOM))
    name = field.key.replace(".", "-", 1)
    is_link = field.type is FieldType.LINK and value
    text = shower(field)(value) if value not in (None, "", []) else ""
    return Property(name, field.title, text, str(value) if is_link else "", rights.edit_url(name))


def reach_run(customer: Customer, rights: Rights) -> PropertyRun:
    """The primary e-mail and phone, then every other way to reach the customer."""
    points = list(customer.contact_points.all())
    primary = [primary_property(points, kind, rights) for kind in POINT_LABELS]
    rest = [point for point in points if not (point.is_primary and point.kind in POINT_LABELS)]
    others = [point_property(point, rights) for point in sorted(rest, key=lambda point: point.pk)]
    return PropertyRun(primary + others, REACH)


def shown(customer: Customer, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if customer.is_person or name not in PERSON_ONLY]


def field_property(customer: Customer, name: str, rights: Rights) -> Property:
    """A property of the customer's own row."""
    label = field_label(name)
    if name == "organisation" and rights.hides_employer:
        return Property(name, label, _("not visible to you"))
    url = ""
    if name == "organisation" and customer.organisation_id:
        url = reverse("contacts:customer-record", args=[customer.organisation_id])
    editable = rights.assign or name not in NEEDS_ASSIGN
    return Property(
        name, label, str(shown_value(customer, name)), url, rights.edit_url(name) if editable else ""
    )


def field_label(name: str) -> str:
    return str(Customer._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]


def shown_value(customer: Customer, name: str) -> Any:
    value = getattr(customer, name)
    if not value:
        return ""
    if name in NAMED:
        return NAMED[name](value)
    display = getattr(customer, f"get_{name}_display", None)
    return display() if display else value


def primary_property(points: list[ContactPoint], kind: PointKind, rights: Rights) -> Property:
    """The primary e-mail or phone, known by its kind."""
    point = next((point for point in points if point.kind == kind and point.is_primary), None)
    return Property(
        kind.value,
        POINT_LABELS[kind],
        point.shown if point else "",
        point_url(point) if point else "",
        rights.edit_url(kind.value),
    )


def point_property(point: ContactPoint, rights: Rights) -> Property:
    """A way to reach the customer beside the primary ones, known by its id."""
    edit_url = reverse("contacts:point-property", args=[point.customer_id, point.pk]) if rights.edit else ""
    return Property(f"point-{point.pk}", point.get_kind_display(), point.shown, point_url(point), edit_url)


def point_url(point: ContactPoint) -> str:
    if point.kind == PointKind.WEB:
        return point.value if point.value.startswith(("https://", "http://")) else f"https://{point.value}"
    return SCHEMES[PointKind(point.kind)] + point.value if point.kind in SCHEMES else ""


def property_of(customer: Customer, name: str, rights: Rights) -> Property | None:
    """One property by its name; None for a name that no record page shows."""
    items = [*reach_run(customer, rights).properties, *properties_of(customer, rights).values()]
    return next((item for item in items if item.name == name), None)
