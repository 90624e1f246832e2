"""The form of a saved view."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.access.grants import grants
from crm.access.models import Role
from crm.lists.defaults import may_be_shared
from crm.lists.models import View
from crm.lists.services import may_share
from crm.staff.models import Team, User
from crm.texts import visible


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, validators=[visible])
    share = forms.ChoiceField(label=_("Who sees it"), choices=View.Share.choices, initial=View.Share.PRIVATE)
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("Choose a team")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams: Any = self.fields["team"]
        teams.queryset = Team.objects.filter(pk__in=grants(user).teams_above)
        teams.initial = user.teams.first()
        if not may_share(user):
            share: Any = self.fields["share"]
            share.choices = [View.Share.choices[0]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("share") == View.Share.TEAM and not values.get("team"):
            self.add_error("team", _("Choose the team."))
        if values.get("share") != View.Share.TEAM:
            values["team"] = None
        return values


class ViewRolesForm(forms.Form):
    """The roles whose list opens with a view; one that not everyone sees has to be shared for it."""

    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(), label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    share = forms.BooleanField(label=_("Share it with everyone"), required=False)

    def __init__(self, data: Any = None, *, user: User, view: View) -> None:
        held = view.defaults.filter(role__isnull=False).values_list("role", flat=True)
        super().__init__(data, initial={"roles": list(held)})
        if view.share == View.Share.EVERYONE or not may_be_shared(user, view):
            del self.fields["share"]

    def refuse(self, fault: ValidationError) -> None:
        """Say at the field what the service refused; without the right to share there is no field to say it at."""
        for name, texts in fault.update_error_dict({}).items():
            self.add_error(name if name in self.fields else "roles", texts)
