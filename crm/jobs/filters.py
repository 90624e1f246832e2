"""The filters of the list of jobs."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs.kinds import job_kinds
from crm.jobs.models import Job
from crm.lists.filters import ListFilter, readable_id
from crm.staff.selectors import colleagues


class ActorFilter(django_filters.CharFilter):
    """`me`, `none` (the program itself) or the id of a colleague."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == "none":
            return qs.filter(actor=None)
        actor = str(self.parent.user.pk) if value == "me" else value
        return qs.filter(actor_id=int(actor)) if readable_id(actor) else qs.none()


class JobFilter(ListFilter):
    quick = ("name", "state", "actor")

    q = django_filters.CharFilter(method="by_text")
    name = django_filters.CharFilter("name", label=gettext_lazy("Work"))
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=Job.State.choices)
    actor = ActorFilter(label=gettext_lazy("Asked for by"))

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Job], _name: str, value: str) -> QuerySet[Job]:
        """By what the work is called; a whole scan of the faults would be too dear."""
        text = value.casefold()
        names = [kind.name for kind in job_kinds().values() if text in str(kind.label).casefold()]
        return rows.filter(Q(name__in=names) | Q(name=value))

    def options(self, name: str) -> list[tuple[str, Any]]:
        if name == "name":
            return sorted(
                ((kind.name, str(kind.label)) for kind in job_kinds().values()), key=lambda item: item[1]
            )
        if name == "actor":
            people = [(str(pk), text) for pk, text in colleagues().values_list("pk", "name")]
            return [("me", _("Me")), ("none", _("The program")), *people]
        return super().options(name)
