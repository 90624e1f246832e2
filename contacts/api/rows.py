"""What a reader may see of what hangs on customers, and the value of one."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from contacts.choices import Lifecycle, RfmGroup, ValueState
from contacts.employers import has_hidden_employer
from contacts.models import Customer, CustomerValue, Interaction, Relationship
from contacts.selectors import customers, is_dirty, payer_value
from crm.api.values import ReferenceField, day, moment_text, money_text
from crm.staff.models import User

MONEY = (
    "monetary",
    "total_spend",
    "expected_value",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
)
DAYS = ("as_of", "first_order_on", "last_order_on", "next_order_on")
PLAIN = (
    "state", "recency_days", "frequency", "usual_gap_days", "r_score", "f_score", "m_score", "fm_score", "rfm_group",
    "probability_alive", "churn_risk", "horizon_days", "expected_purchases", "value_category", "lifecycle",
    "aida_stage",
)  # fmt: skip


def relationships(user: User) -> QuerySet[Relationship]:
    """Those of which both sides may be seen."""
    seen = customers(user).values("pk")
    return Relationship.objects.filter(from_customer__in=seen, to_customer__in=seen)


def interactions(user: User) -> QuerySet[Interaction]:
    """Of customers, and about records, that the reader may see."""
    rows = Interaction.objects.filter(deleted_at=None, customer__deleted_at=None)
    return rows.visible_to(user)


class ValueSerializer(serializers.Serializer):
    """What the payer of the customer is worth; money in the company's currency."""

    payer = ReferenceField(allow_null=True)
    is_pending = serializers.BooleanField(help_text="Something changed that the value does not know yet.")
    computed_at = serializers.DateTimeField(allow_null=True, required=False)
    as_of = serializers.DateField(allow_null=True, required=False)
    state = serializers.ChoiceField(choices=ValueState.choices, required=False)
    first_order_on = serializers.DateField(allow_null=True, required=False)
    last_order_on = serializers.DateField(allow_null=True, required=False)
    next_order_on = serializers.DateField(allow_null=True, required=False)
    recency_days = serializers.IntegerField(allow_null=True, required=False)
    frequency = serializers.IntegerField(required=False)
    usual_gap_days = serializers.FloatField(allow_null=True, required=False)
    r_score = serializers.IntegerField(allow_null=True, required=False)
    f_score = serializers.IntegerField(allow_null=True, required=False)
    m_score = serializers.IntegerField(allow_null=True, required=False)
    fm_score = serializers.IntegerField(allow_null=True, required=False)
    rfm_group = serializers.ChoiceField(choices=RfmGroup.choices, allow_blank=True, required=False)
    probability_alive = serializers.FloatField(allow_null=True, required=False)
    churn_risk = serializers.FloatField(allow_null=True, required=False)
    horizon_days = serializers.IntegerField(required=False)
    expected_purchases = serializers.FloatField(allow_null=True, required=False)
    monetary = serializers.CharField(allow_null=True, required=False)
    total_spend = serializers.CharField(allow_null=True, required=False)
    expected_value = serializers.CharField(allow_null=True, required=False)
    lifetime_value = serializers.CharField(allow_null=True, required=False)
    lifetime_value_low = serializers.CharField(allow_null=True, required=False)
    lifetime_value_high = serializers.CharField(allow_null=True, required=False)
    value_category = serializers.CharField(required=False)
    lifecycle = serializers.ChoiceField(choices=Lifecycle.choices, allow_blank=True, required=False)
    aida_stage = serializers.CharField(required=False)


def value_schema(user: User | None) -> serializers.Field:
    return ValueSerializer()


def value(user: User, customer: Customer) -> dict[str, Any]:
    """A person's value is that of the organisation they work for, as far as the reader may see it."""
    if has_hidden_employer(user, customer):
        return {"payer": None, "is_pending": False}
    payer, found = payer_value(user, customer)
    told = {"payer": {"id": payer.pk, "name": payer.name}, "is_pending": found is None and is_dirty(payer)}
    return told | (value_values(found) if found else {})


def value_values(found: CustomerValue) -> dict[str, Any]:
    money = {name: getattr(found, name) for name in MONEY}
    days = {name: getattr(found, name) for name in DAYS}
    return {
        "computed_at": moment_text(found.computed_at),
        **{name: None if day_ is None else day(day_) for name, day_ in days.items()},
        **{name: getattr(found, name) for name in PLAIN},
        **{name: None if amount is None else money_text(amount) for name, amount in money.items()},
    }
