"""Forms over business hours, days off and absences."""

from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendars.arithmetic import MINUTES_OF_DAY, Hours, check_hours
from crm.calendars.hours import DAY_NAMES, OFFICE_WEEK, Week, clock, keep_week
from crm.calendars.models import BusinessCalendar
from crm.calendars.public_holidays import countries, regions
from crm.records.forms import SeenForm
from crm.staff.forms import time_zone_choices
from crm.staff.models import User
from crm.staff.selectors import colleagues
from crm.texts import visible
from crm.world import country_choices

#: a morning and an afternoon; more where a calendar has more
USUAL_SPANS = 2


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, label: str | Promise) -> None:
        super().__init__(format="%H:%M", attrs={"aria-label": label})


def field_name(day: int, span: int, end: str) -> str:
    return f"day{day}_{span}_{end}"


class CalendarForm(SeenForm, forms.Form):
    """A calendar with its week: some spans a day; 00:00 as an end is midnight."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("name"), max_length=100, validators=[visible])
    time_zone = forms.ChoiceField(label=gettext_lazy("time zone"))
    country = forms.ChoiceField(label=gettext_lazy("public holidays of"), required=False)
    region = forms.ChoiceField(
        label=gettext_lazy("region"),
        required=False,
        help_text=gettext_lazy("Regions of the country stand here once the country is saved."),
    )

    def __init__(self, data: Any = None, *, calendar: BusinessCalendar) -> None:
        names = ("version", "name", "time_zone", "country", "region")
        initial = {name: getattr(calendar, name) for name in names} | times_of(calendar.hours)
        super().__init__(data, initial=initial)
        known = countries()
        choices: dict[str, Any] = {
            "time_zone": time_zone_choices(),
            "country": [
                (code, name or _("No public holidays"))
                for code, name in [("", ""), *country_choices()[1:]]
                if not code or code in known
            ],
            "region": [("", _("The whole country")), *regions(calendar.country)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if not regions(calendar.country):
            self.fields["region"].disabled = True
        self.spans = range(max(USUAL_SPANS, *map(len, calendar.hours)))
        for name, field in week_fields(self.spans):
            self.fields[name] = field
        self.fields["version"].required = calendar.pk is not None

    def asked_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "time_zone", "country", "region")]

    def days(self) -> list[dict[str, Any]]:
        """What the table of the week shows, a row for each day."""
        return [
            {
                "name": name,
                "spans": [
                    (self[field_name(day, span, "from")], self[field_name(day, span, "to")])
                    for span in self.spans
                ],
                "errors": self.errors_of(day),
            }
            for day, name in enumerate(DAY_NAMES)
        ]

    def errors_of(self, day: int) -> list[str]:
        """What is wrong with its times, else with its spans."""
        names = [field_name(day, span, word) for span in self.spans for word in ("from", "to")]
        told = [str(text) for name in names for text in self.errors.get(name, [])]
        return list(dict.fromkeys(told or [str(text) for text in self.errors.get(f"day{day}", [])]))

    def clean(self) -> dict[str, Any]:
        for day in range(len(DAY_NAMES)):
            try:
                check_hours(self.hours_of(day))
            except ValueError:
                self.day_error(day, _("A span begins before the one before it ends."))
            except ValidationError as fault:
                self.day_error(day, str(fault.message))
        if self.cleaned_data.get("country") != self.initial["country"]:
            self.cleaned_data["region"] = ""
        return self.cleaned_data

    def day_error(self, day: int, text: str) -> None:
        self.errors.setdefault(f"day{day}", self.error_class()).append(text)

    def hours_of(self, day: int) -> Hours:
        spans = []
        for span in self.spans:
            start, end = (self.cleaned_data.get(field_name(day, span, word)) for word in ("from", "to"))
            if (start is None) is not (end is None):
                raise ValidationError(_("A span needs both times: from and to."))
            if start is not None and end is not None:
                spans.append((minute_of(start), minute_of(end) or MINUTES_OF_DAY))
        return tuple(spans)

    def values(self) -> dict[str, Any]:
        week: Week = tuple(self.hours_of(day) for day in range(len(DAY_NAMES)))  # type: ignore[assignment]
        asked = ("name", "time_zone", "country", "region")
        return {name: self.cleaned_data[name] for name in asked} | {"week": keep_week(week)}


def week_fields(spans: range) -> list[tuple[str, forms.TimeField]]:
    words = {"from": gettext_lazy("%(day)s from"), "to": gettext_lazy("%(day)s to")}
    return [
        (
            field_name(day, span, word),
            forms.TimeField(
                label=label % {"day": name}, required=False, widget=TimeInput(label % {"day": name})
            ),
        )
        for day, name in enumerate(DAY_NAMES)
        for span in spans
        for word, label in words.items()
    ]


def times_of(week: Week) -> dict[str, str]:
    found = {}
    for day, hours in enumerate(week):
        for span, (start, end) in enumerate(hours):
            found[field_name(day, span, "from")] = clock(start)
            found[field_name(day, span, "to")] = clock(end % MINUTES_OF_DAY)
    return found


def minute_of(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def new_calendar(time_zone: str, country: str) -> BusinessCalendar:
    """What the form of a new calendar begins with."""
    return BusinessCalendar(time_zone=time_zone, country=country, week=keep_week(OFFICE_WEEK), version=0)


class OwnDayForm(forms.Form):
    """A day that is off in this calendar, or open although it is a public holiday."""

    day_on = forms.DateField(label=gettext_lazy("day"), widget=DateInput())
    name = forms.CharField(label=gettext_lazy("name"), max_length=100, required=False, validators=[visible])
    is_open = forms.BooleanField(label=gettext_lazy("Open on this day"), required=False)

    def clean_day_on(self) -> date:
        day: date = self.cleaned_data["day_on"]
        if not 1990 <= day.year <= 2100:
            raise ValidationError(_("Give a day between 1990 and 2100."))
        return day


class AbsenceForm(forms.Form):
    """When somebody is away, and who stands in."""

    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who is away"))
    starts_on = forms.DateField(label=gettext_lazy("first day"), widget=DateInput())
    ends_on = forms.DateField(label=gettext_lazy("last day"), widget=DateInput())
    substitute = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("substitute"),
        required=False,
        empty_label="–",
        help_text=gettext_lazy("Colleagues are pointed to this person; pools pass you over meanwhile."),
    )
    note = forms.CharField(
        label=gettext_lazy("note"),
        max_length=200,
        required=False,
        validators=[visible],
        help_text=gettext_lazy("Colleagues can read it."),
    )

    def __init__(self, data: Any = None, *, user: User, for_others: bool) -> None:
        super().__init__(data, initial={"owner": user.pk})
        people = colleagues()
        self.fields["owner"].queryset = people if for_others else people.filter(pk=user.pk)  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = None  # type: ignore[attr-defined]
        self.fields["substitute"].queryset = people  # type: ignore[attr-defined]
        if not for_others:
            self.fields["owner"].required = False
            self.fields["owner"].widget = forms.HiddenInput()
        self.user = user

    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"owner": self.cleaned_data["owner"] or self.user}
