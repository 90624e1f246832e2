"""The filters of the ledger."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.lists.filters import ListFilter
from crm.mail.choices import OutgoingState
from crm.mail.models import OutgoingMail


class OutgoingFilter(ListFilter):
    quick = ("state",)

    q = django_filters.CharFilter(method="by_text")
    state = django_filters.ChoiceFilter(label=_("State"), choices=OutgoingState.choices)

    class Meta:
        model = OutgoingMail
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[OutgoingMail], _name: str, value: str) -> QuerySet[OutgoingMail]:
        return rows.filter(Q(to__icontains=value) | Q(subject__icontains=value))
