"""What can be written of a customer beside its fields."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from contacts.choices import PointKind
from crm.api.inputs import StrictSerializer, TextField
from crm.staff.models import User

CUSTOMER_FIELDS = (
    "name",
    "kind",
    "organisation",
    "job_title",
    "street",
    "postal_code",
    "city",
    "region",
    "country",
    "language",
    "source",
    "lead_status",
    "owner",
    "team",
)
MOST_POINTS, MOST_TAGS = 20, 100


class ContactPointInput(StrictSerializer):
    kind = serializers.ChoiceField(choices=PointKind.choices)
    value = TextField(max_length=254)


def contact_points(user: User | None) -> serializers.Field:
    return ContactPointInput(
        many=True,
        required=False,
        max_length=MOST_POINTS,
        help_text=_("Ways to reach the customer; the first of each kind is the primary one."),
    )


def receivers(user: User | None) -> serializers.Field:
    return serializers.ListField(
        child=serializers.EmailField(max_length=254),
        required=False,
        max_length=20,
        help_text=_(
            "Of an e-mail that is to be sent: addresses of the customer and of people there. The first is written to, "
            "the others get a copy; `summary` is the subject, `body` the text."
        ),
    )


def tags(user: User | None) -> serializers.Field:
    name = TextField(max_length=50)
    return serializers.ListField(
        child=name, required=False, max_length=MOST_TAGS, help_text=_("Exactly these tags.")
    )
