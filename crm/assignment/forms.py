"""Forms over pools and their members."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.assignment.models import Pool, PoolMember
from crm.assignment.rules import WEIGHTS
from crm.records.forms import SeenForm
from crm.staff.models import User
from crm.staff.selectors import colleagues
from crm.texts import visible


class PoolForm(SeenForm, forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("name"), max_length=100, validators=[visible])
    rule = forms.ChoiceField(label=_("Who is next"), choices=Pool.Rule.choices)

    def __init__(self, data: Any = None, *, pool: Pool | None = None) -> None:
        initial = {"version": pool.version, "name": pool.name, "rule": pool.rule} if pool else None
        super().__init__(data, initial=initial)
        self.fields["version"].required = pool is not None

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "rule")}


class MemberForm(forms.Form):
    """Who shares the work, and how much of it."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("person"), empty_label=_("Choose a colleague"))
    weight = forms.IntegerField(
        label=_("share"),
        min_value=WEIGHTS[0],
        max_value=WEIGHTS[-1],
        initial=1,
        help_text=_("2 is twice as much as 1."),
    )
    capacity = forms.IntegerField(
        label=_("at most open"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("Empty: no limit."),
    )
    skills = forms.CharField(
        label=_("skills"),
        max_length=400,
        required=False,
        validators=[visible],
        help_text=_("Separated by commas: german, billing."),
    )
    is_paused = forms.BooleanField(label=_("Takes nothing new"), required=False)

    def __init__(self, data: Any = None, *, pool: Pool, member: PoolMember | None = None) -> None:
        super().__init__(data, initial=written(member) if member else None)
        if member:
            del self.fields["user"]
        else:
            taken = pool.members.values("user_id")
            self.fields["user"].queryset = colleagues().exclude(pk__in=taken)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"skills": self.cleaned_data["skills"].split(",")}


def written(member: PoolMember) -> dict[str, Any]:
    return {
        "weight": member.weight,
        "capacity": member.capacity,
        "skills": ", ".join(member.skills),
        "is_paused": member.is_paused,
    }
