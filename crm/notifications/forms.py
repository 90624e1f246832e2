from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from crm.notifications.choices import Mail
from crm.notifications.kinds import NotificationKind, kinds_for
from crm.notifications.selectors import choices_of, digest_setting
from crm.staff.models import User

#: half hours of the day; reminders of the day are written before the first
CLOCKS = [f"{hour:02}:{minute:02}" for hour in range(6, 24) for minute in (0, 30)][1:]


class NotificationSettingsForm(forms.Form):
    """A bell and a mail for every kind, and the time of the digest."""

    digest_at = forms.ChoiceField(label=_("Time of the digest"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = f"{digest_setting(user).digest_at:%H:%M}"
        clocks = sorted({kept, *CLOCKS})
        self.fields["digest_at"] = forms.ChoiceField(
            label=_("Time of the digest"), choices=[(clock, clock) for clock in clocks], initial=kept
        )
        self.kinds, chosen = kinds_for(user), choices_of(user)
        for key, kind in self.kinds.items():
            (bell, mail), label = chosen[key], kind.label
            self.fields[f"{key}-bell"] = forms.BooleanField(
                label=_("Bell: %s") % label, required=False, initial=bell
            )
            self.fields[f"{key}-mail"] = forms.ChoiceField(
                label=_("E-mail: %s") % label, choices=Mail.choices, initial=mail
            )

    def rows(self) -> Iterator[tuple[NotificationKind, BoundField, BoundField]]:
        for key, kind in self.kinds.items():
            yield kind, self[f"{key}-bell"], self[f"{key}-mail"]

    def choices(self) -> dict[str, tuple[bool, str]]:
        data = self.cleaned_data
        return {key: (data[f"{key}-bell"], data[f"{key}-mail"]) for key in self.kinds}

    def digest_time(self) -> time:
        return time.fromisoformat(self.cleaned_data["digest_at"])
