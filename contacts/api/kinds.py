"""Kinds of record that only the API speaks of: parts of a customer, judged by the customer."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.choices import ConsentChannel, ConsentPurpose, PointKind, RelationshipKind
from contacts.models import Consent, ContactPoint, Relationship
from crm.fields.declaration import Extension, Field
from crm.fields.types import FieldType
from crm.records.kinds import Kind
from crm.staff.selectors import person_options

CUSTOMER = "contacts.customer"
CUSTOMER_LABEL = _("Customer")


def customer_field(key: str = "customer", label: Any = CUSTOMER_LABEL, column: str = "customer") -> Field:
    return Field(
        key,
        label,
        FieldType.RECORD,
        path=f"{column}_id",
        name_path=f"{column}__name",
        through=f"{column}_id",
        through_kind=CUSTOMER,
        nullable=False,
    )


POINTS = Kind(
    key="contacts.contactpoint",
    access=CUSTOMER,
    model=ContactPoint,
    label=_("Contact point"),
    plural=_("Contact points"),
    icon="at-sign",
    fields=(
        customer_field(),
        Field("kind", _("Kind"), FieldType.CHOICE, choices=PointKind.choices, nullable=False),
        Field("value", _("Value"), FieldType.TEXT, nullable=False),
        Field("shown", _("As it was typed"), FieldType.TEXT, nullable=False),
        Field("is_primary", _("Primary"), FieldType.YES_NO, nullable=False),
        Field("is_bounced", _("Bounced"), FieldType.YES_NO, nullable=False),
        Field("is_verified", _("Verified"), FieldType.YES_NO, nullable=False),
    ),
    title="shown",
)

RELATIONSHIPS = Kind(
    key="contacts.relationship",
    access=CUSTOMER,
    model=Relationship,
    label=_("Relationship"),
    plural=_("Relationships"),
    icon="waypoints",
    fields=(
        customer_field(column="from_customer"),
        Field("kind", _("Kind"), FieldType.CHOICE, choices=RelationshipKind.choices, nullable=False),
        customer_field("other", _("To whom"), "to_customer"),
    ),
    title="kind",
)

CONSENTS = Kind(
    key="contacts.consent",
    access=CUSTOMER,
    model=Consent,
    label=_("Consent"),
    plural=_("Consents"),
    icon="shield-check",
    fields=(
        customer_field(),
        Field(
            "purpose",
            _("Purpose"),
            FieldType.CHOICE,
            choices=ConsentPurpose.choices,
            nullable=False,
            group="privacy",
        ),
        Field(
            "channel",
            _("Channel"),
            FieldType.CHOICE,
            choices=ConsentChannel.choices,
            nullable=False,
            group="privacy",
        ),
        Field("is_given", _("Given"), FieldType.YES_NO, nullable=False, group="privacy"),
        Field("wording", _("Wording shown"), FieldType.LONG_TEXT, nullable=False, group="privacy"),
        Field("source", _("Source"), FieldType.TEXT, nullable=False, group="privacy"),
        Field("proof", _("Proof"), FieldType.LONG_TEXT, nullable=False, group="privacy"),
        Field("recorded_by", _("By"), FieldType.PERSON, path="recorded_by_id", choices=person_options),
        Field("recorded_at", _("When"), FieldType.MOMENT, nullable=False),
    ),
    title="purpose",
)

INTERACTION_FIELDS = Extension(
    "contacts.interaction",
    fields=(
        customer_field(),
        Field("created_at", _("Created"), FieldType.MOMENT, nullable=False),
        Field("updated_at", _("Updated"), FieldType.MOMENT, nullable=False),
    ),
)
