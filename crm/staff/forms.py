"""Forms over people and teams; each names the fields it may write."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.access.models import Role
from crm.records.forms import SeenForm
from crm.staff.models import Team, User
from crm.staff.selectors import colleagues, team_and_below, team_tree
from crm.texts import visible


def time_zone_choices() -> list[tuple[str, str]]:
    """The zones that people live in; offsets and old names are left out."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in zones)]


class ProfileForm(forms.Form):
    """What people say about themselves."""

    name = forms.CharField(label=_("name"), max_length=150, validators=[visible])
    time_zone = forms.ChoiceField(label=_("time zone"), required=False)
    keyboard_shortcuts = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("They never fire inside a field. Ctrl K always works."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        initial = {name: getattr(user, name) for name in ("name", "time_zone", "keyboard_shortcuts")}
        super().__init__(data, initial=initial)
        zones = [("", _("The company's")), *time_zone_choices()]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]


class TeamsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Teams to tick, each named with the teams above it, in the order of the tree."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(queryset=Team.objects.all(), required=False, label=_("Teams"))

    def offer(self) -> None:
        self.widget.choices = [(node.team.pk, node.path) for node in team_tree()]


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(
            queryset=Role.objects.all(),
            required=False,
            label=_("Roles"),
            help_text=_("Of several roles the widest permission counts."),
        )


class InviteForm(forms.Form):
    """Whom to invite, and what they may do once they are here."""

    email = forms.EmailField(label=_("e-mail"), max_length=254)
    name = forms.CharField(label=_("name"), max_length=150, required=False, validators=[visible])
    teams = TeamsField()
    roles = RolesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(TeamsField, self.fields["teams"]).offer()


class PersonForm(SeenForm, forms.Form):
    """The account of a person as others edit it; `version` is what the writer saw."""

    LISTS = ("teams", "roles")

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("name"), max_length=150, validators=[visible])
    email = forms.EmailField(label=_("e-mail"), max_length=254)
    teams = TeamsField()
    roles = RolesField()

    def __init__(self, data: Any = None, *, person: User) -> None:
        initial = {
            "version": person.version,
            "name": person.name,
            "email": person.email,
            "teams": sorted(person.teams.values_list("pk", flat=True)),
            "roles": sorted(person.roles.values_list("pk", flat=True)),
        }
        super().__init__(data, initial=initial)
        cast(TeamsField, self.fields["teams"]).offer()

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def text_of(self, name: str) -> str:
        value = self[name].value()
        if name in self.LISTS:
            return ",".join(sorted(map(str, value or []), key=lambda key: key.zfill(20)))
        return "" if value is None else str(value)

    def rebase(self, fresh: SeenForm) -> set[str]:
        kept = {name: cast(QueryDict, self.data).getlist(name) for name in self.LISTS}
        touched = self.touched()
        both = super().rebase(fresh)
        data = cast(QueryDict, self.data)
        for name in self.LISTS:
            theirs = list(filter(None, fresh.text_of(name).split(",")))
            data.setlist(name, kept[name] if name in touched else theirs)
        return both


class HandOverForm(forms.Form):
    """To whom what a person owns goes."""

    colleague = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=_("Hand it to"), empty_label=_("Nobody yet")
    )

    def __init__(self, data: Any = None, *, person: User, required: bool = False) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[User]", self.fields["colleague"])
        field.queryset = colleagues().exclude(pk=person.pk)
        field.required = required


class AcceptForm(forms.Form):
    """What an invited person says: their name and a password of their own."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        validators=[visible],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        help_text=_("At least ten characters; not a common one, and not your name."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password, once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if self.cleaned_data.get("password") not in (None, again):
            raise forms.ValidationError(_("The two passwords differ."))
        return again


class TeamChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One team, each named with the teams above it; `offer` leaves out a team and all below it."""

    def __init__(self, *, label: Any, required: bool = True) -> None:
        super().__init__(queryset=Team.objects.all(), label=label, required=required)

    def offer(self, without: set[int] | None = None) -> None:
        left_out = without or set()
        nodes = [node for node in team_tree() if node.team.pk not in left_out]
        self.widget.choices = [("", "–"), *((node.team.pk, node.path) for node in nodes)]


class TeamForm(SeenForm, forms.Form):
    """A team's name and its place in the tree; the root has no place to choose."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("name"), max_length=100, validators=[visible])
    parent = TeamChoice(label=_("Part of"))

    def __init__(self, data: Any = None, *, team: Team | None = None, initial: Any = None) -> None:
        if team:
            initial = {"version": team.version, "name": team.name, "parent": team.parent_id}
        super().__init__(data, initial=initial)
        if team and team.parent_id is None:
            del self.fields["parent"]
        else:
            cast(TeamChoice, self.fields["parent"]).offer(team_and_below(team) if team else None)
        self.fields["version"].required = team is not None

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class SuccessorForm(forms.Form):
    """Where what belongs to a team goes."""

    successor = TeamChoice(label=_("Goes to"))

    def __init__(self, data: Any = None, *, team: Team) -> None:
        super().__init__(data, initial={"successor": team.parent_id})
        cast(TeamChoice, self.fields["successor"]).offer(team_and_below(team))
