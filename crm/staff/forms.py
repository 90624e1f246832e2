"""Forms over people and teams; each names the fields it may write."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.staff.models import User
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
