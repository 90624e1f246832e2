"""The filters of the lists of customers, tasks and entries."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from contacts.choices import (
    HIGH_RISK,
    LIKELY_RISK,
    MEDIUM_RISK,
    CustomerKind,
    Direction,
    InteractionKind,
    Lifecycle,
    RfmGroup,
    TaskKind,
)
from contacts.employers import found_openly
from contacts.models import Customer, Interaction, Tag, Task
from contacts.permissions import NEEDS_VALUE
from contacts.selectors import customers
from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.company.selectors import company_day
from crm.lists.days import MomentsFilter
from crm.lists.filters import IdFilter, ListFilter, OwnerFilter, owner_options, readable_id
from crm.search.selectors import matching_ids
from crm.staff.models import User

RISKS = (
    ("high", gettext_lazy("High (70% or more)")),
    ("likely", gettext_lazy("More likely than not (50% or more)")),
    ("medium", gettext_lazy("Medium (40% to 70%)")),
    ("low", gettext_lazy("Low (below 40%)")),
)
SCORES = [(str(score), str(score)) for score in range(1, 6)]
GROUPS = (*RfmGroup.choices, ("prospect", gettext_lazy("Prospect (no orders)")))
QUADRANTS = (
    ("best", gettext_lazy("Best")),
    ("new", gettext_lazy("New")),
    ("at_risk", gettext_lazy("At risk")),
    ("lapsed", gettext_lazy("Lapsed")),
)
LIFECYCLES = [choice for choice in Lifecycle.choices if choice[0] != Lifecycle.PROSPECT]
CATEGORIES = [(letter, letter) for letter in "ABCD"]


def by_risk(rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
    if value == "high":
        return rows.filter(value__churn_risk__gte=HIGH_RISK)
    if value == "likely":
        return rows.filter(value__churn_risk__gte=LIKELY_RISK)
    if value == "medium":
        return rows.filter(value__churn_risk__gte=MEDIUM_RISK, value__churn_risk__lt=HIGH_RISK)
    return rows.filter(value__churn_risk__lt=MEDIUM_RISK)


class CustomerFilter(ListFilter):
    quick = ("kind", "owner", "rfm_group", "risk")
    more = ("lifecycle", "category")
    needs = NEEDS_VALUE

    q = django_filters.CharFilter(method="by_text")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Type"), choices=CustomerKind.choices)
    owner = OwnerFilter(label=gettext_lazy("Owner"))
    rfm_group = django_filters.ChoiceFilter(
        "value__rfm_group", label=gettext_lazy("RFM group"), choices=GROUPS, method="by_stage"
    )
    risk = django_filters.ChoiceFilter(label=gettext_lazy("Churn risk"), choices=RISKS, method=by_risk)
    r = django_filters.ChoiceFilter("value__r_score", label=gettext_lazy("Recency"), choices=SCORES)
    fm = django_filters.ChoiceFilter(
        "value__fm_score", label=gettext_lazy("Frequency and monetary"), choices=SCORES
    )
    quadrant = django_filters.ChoiceFilter("value__quadrant", label=gettext_lazy("2 x 2"), choices=QUADRANTS)
    lifecycle = django_filters.ChoiceFilter(
        "value__lifecycle", label=gettext_lazy("Life cycle"), choices=LIFECYCLES, method="by_stage"
    )
    category = django_filters.ChoiceFilter(
        "value__value_category", label=gettext_lazy("Value category"), choices=CATEGORIES
    )
    tag = django_filters.CharFilter(label=gettext_lazy("Tag"), method="by_tag")
    organisation = IdFilter("organisation_id", visible=customers)

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(found_openly(self.user, value), pk__in=matching_ids("contacts.customer", value))

    def by_tag(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(tags__in=Tag.objects.filter(name=value))

    def by_stage(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Prospects and leads have no order, so no value: they are whom nobody pays for."""
        return (
            without_orders(self.user, rows) if value in ("prospect", "lead") else rows.filter(**{name: value})
        )

    def options(self, name: str) -> list[tuple[str, Any]]:
        return owner_options() if name == "owner" else super().options(name)

    def text(self, name: str) -> str:
        if name in ("r", "fm"):
            return f"{self.filters[name].label} {self.data[name]}"
        return super().text(name)


def without_orders(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those without an order who are not paid for by an organisation, as far as the reader may know."""
    unpaid = Q(organisation=None)
    if grants(user).scope_of("contacts.view_customer") is not Scope.ALL:
        unpaid |= ~Q(organisation__in=customers(user))
    return rows.filter(unpaid, value=None)


class TaskFilter(ListFilter):
    quick = ("kind", "owner", "due", "state")

    q = django_filters.CharFilter("title", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Kind"), choices=TaskKind.choices)
    owner = OwnerFilter(label=gettext_lazy("Owner"))
    due = django_filters.ChoiceFilter(
        label=gettext_lazy("Due"),
        choices=(
            ("overdue", gettext_lazy("Overdue")),
            ("today", gettext_lazy("Today")),
            ("week", gettext_lazy("Next 7 days")),
            ("none", gettext_lazy("No day set")),
        ),
        method="by_due",
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=(("done", gettext_lazy("Done")), ("all", gettext_lazy("Open and done"))),
        method="by_state",
    )
    customer = IdFilter("customer_id", visible=customers)
    done = MomentsFilter("done_at", label=gettext_lazy("Done between"))

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()

    def by_due(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        today = company_day()
        conditions: dict[str, dict[str, Any]] = {
            "overdue": {"due_on__lt": today},
            "today": {"due_on": today},
            "week": {"due_on__gte": today, "due_on__lte": today + timedelta(days=7)},
            "none": {"due_on": None},
        }
        return rows.filter(**conditions[value])

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(done_at__isnull=False) if value == "done" else rows

    @property
    def qs(self) -> Any:
        """Done tasks are shown only when asked for."""
        rows = super().qs
        return rows if self.data.get("state") else rows.filter(done_at=None)

    def options(self, name: str) -> list[tuple[str, Any]]:
        return owner_options() if name == "owner" else super().options(name)


class PersonFilter(OwnerFilter):
    """`me`, `none` or the id of a colleague who wrote an entry."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "none":
            return qs.filter(actor=None)
        person = str(self.parent.user.pk) if value == "me" else value
        if not person:
            return qs
        return qs.filter(actor_id=int(person)) if readable_id(person) else qs.none()


class InteractionFilter(ListFilter):
    quick = ("kind", "by", "direction")

    q = django_filters.CharFilter("summary", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Kind"), choices=InteractionKind.choices)
    by = PersonFilter(label=gettext_lazy("By"))
    direction = django_filters.ChoiceFilter(label=gettext_lazy("Direction"), choices=Direction.choices)
    customer = IdFilter("customer_id", visible=customers)
    days = MomentsFilter("happened_at", label=gettext_lazy("Between"))

    class Meta:
        model = Interaction
        fields: tuple[str, ...] = ()

    def options(self, name: str) -> list[tuple[str, Any]]:
        return owner_options() if name == "by" else super().options(name)
