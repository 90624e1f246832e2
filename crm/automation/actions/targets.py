"""Who an action is meant for: the owner of the record, a person, a team."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.automation.actions import Params
from crm.staff.models import Team, User
from crm.staff.selectors import colleagues

OWNER, PERSON, TEAM = "owner", "person", "team"


class TargetForm(forms.Form):
    """`to` says whom; the person and the team matter with those answers alone."""

    to = forms.ChoiceField(label=gettext_lazy("Whom"))
    person = forms.ModelChoiceField(colleagues(), label=gettext_lazy("Person"), required=False)
    team = forms.ModelChoiceField(Team.objects.order_by("name"), label=gettext_lazy("Team"), required=False)
    choices: tuple[tuple[str, Any], ...] = (
        (OWNER, gettext_lazy("The record's owner")),
        (PERSON, gettext_lazy("A person")),
        (TEAM, gettext_lazy("Everybody in a team")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chooser: Any = self.fields["to"]
        chooser.choices = self.choices

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        wanted = values.get("to")
        if wanted in (PERSON, TEAM) and not values.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, _("Choose one."))
        return values

    def target(self) -> dict[str, Any]:
        values = self.cleaned_data
        found: dict[str, Any] = {"to": values["to"]}
        if values["to"] in (PERSON, TEAM):
            found[values["to"]] = values[values["to"]].pk
        return found


def target_problem(params: Params) -> str:
    if params["to"] == PERSON and not User.objects.filter(pk=params["person"], is_active=True).exists():
        return _("The person it is meant for does not work here any more.")
    if params["to"] == TEAM and not Team.objects.filter(pk=params["team"]).exists():
        return _("The team it is meant for does not exist any more.")
    return ""


def target_words(params: Params) -> str:
    if params["to"] == PERSON:
        return str(User.objects.filter(pk=params["person"]).first() or _("somebody who is gone"))
    if params["to"] == TEAM:
        return str(Team.objects.filter(pk=params["team"]).first() or _("a team that is gone"))
    return _("the record's owner")


class Targets:
    """The people behind the params, read once for a batch."""

    def __init__(self, params: Params, records: list[Any]) -> None:
        self.fixed: list[User] | None = None
        self.owners: dict[int, User] = {}
        if params["to"] == PERSON:
            self.fixed = list(User.objects.filter(pk=params["person"], is_active=True))
        elif params["to"] == TEAM:
            self.fixed = list(User.objects.filter(teams=params["team"], is_active=True).order_by("pk"))
        else:
            keys = {row.owner_id for row in records if getattr(row, "owner_id", None)}
            self.owners = User.objects.filter(is_active=True).in_bulk(keys)

    def of(self, record: Any) -> list[User]:
        if self.fixed is not None:
            return self.fixed
        owner = self.owners.get(getattr(record, "owner_id", None) or 0)
        return [owner] if owner else []
