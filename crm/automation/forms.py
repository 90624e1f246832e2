"""The builder: a form of the trigger, and one for each action, in the order of the actions."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.automation.actions import AutomationAction, automation_actions, offered_actions
from crm.automation.choices import Cause
from crm.automation.errors import AutomationFault
from crm.automation.matching import matching_rows
from crm.automation.models import Automation
from crm.automation.triggers import check_trigger, dated_fields, event_choices, watched_fields
from crm.automation.words import weekdays
from crm.records.kinds import Kind
from crm.rules.errors import RuleError
from crm.rules.tree import read_text, write_tree
from crm.staff.models import User
from crm.texts import visible

MOST_ACTIONS = 20
SIDES = (
    ("before", gettext_lazy("days before")),
    ("after", gettext_lazy("days after")),
)
EVERY = (
    ("day", gettext_lazy("Every day")),
    ("week", gettext_lazy("Every week")),
    ("month", gettext_lazy("Every month")),
)


class TriggerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, validators=[visible])
    cause = forms.ChoiceField(label=gettext_lazy("What wakes it"), choices=Cause.choices)
    watched = forms.MultipleChoiceField(
        label=gettext_lazy("Only if one of these changes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With none chosen: whatever changes."),
    )
    action = forms.ChoiceField(label=gettext_lazy("What happens"), required=False)
    field = forms.ChoiceField(label=gettext_lazy("Date"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Days"), min_value=0, max_value=730, required=False, initial=0
    )
    side = forms.ChoiceField(label=gettext_lazy("Before or after"), choices=SIDES, required=False)
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=EVERY, required=False)
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"), coerce=int, required=False, empty_value=None
    )
    day = forms.IntegerField(
        label=gettext_lazy("Day of the month"), min_value=1, max_value=31, required=False, initial=1
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("At"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        required=False,
        empty_value=None,
        initial=7,
    )
    again = forms.BooleanField(
        label=gettext_lazy("Each time on all that match"),
        required=False,
        help_text=gettext_lazy("Otherwise only on those that match now and did not the last time."),
    )
    rule = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, kind: Kind, user: User, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.kind, self.user = kind, user
        self.choose("watched", [(field.key, field.title) for field in watched_fields(kind, user)])
        self.choose("action", event_choices(kind))
        self.choose("field", [(field.key, field.title) for field in dated_fields(kind, user)])
        self.choose("weekday", weekdays())

    def choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        chooser: Any = self.fields[name]
        chooser.choices = choices
        if name == "weekday":
            self.fields[name].initial = 0

    def clean_rule(self) -> Any:
        try:
            tree = write_tree(read_text(self.cleaned_data["rule"]))
            matching_rows(self.kind, self.user, tree)
        except RuleError as fault:
            raise forms.ValidationError(fault.text) from fault
        except AutomationFault as fault:
            raise forms.ValidationError(fault.text) from fault
        return {} if tree in ({"all": []}, {"any": []}) else tree

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "cause" in values:
            try:
                check_trigger(self.kind, self.user, values["cause"], self.trigger())
            except AutomationFault as fault:
                self.add_error("cause", fault.text)
        return values

    def trigger(self) -> dict[str, Any]:
        values = self.cleaned_data
        cause, hour = values.get("cause"), values.get("hour")
        hour = 7 if hour is None else hour
        if cause == Cause.CHANGED:
            return {"fields": values.get("watched") or []}
        if cause == Cause.EVENT:
            return {"action": values.get("action")}
        if cause == Cause.DATE:
            days = values.get("days") or 0
            return {
                "field": values.get("field"),
                "days": -days if values.get("side") == "before" else days,
                "hour": hour,
            }
        if cause == Cause.SCHEDULE:
            return self.schedule(values, hour)
        return {}

    def schedule(self, values: Mapping[str, Any], hour: int) -> dict[str, Any]:
        every = values.get("every") or "day"
        found: dict[str, Any] = {"every": every, "hour": hour, "again": bool(values.get("again"))}
        if every == "week":
            found["weekday"] = values.get("weekday") or 0
        if every == "month":
            found["day"] = values.get("day") or 1
        return found


def trigger_initial(name: str, cause: str, trigger: Mapping[str, Any], rule: Any) -> dict[str, Any]:
    days = int(trigger.get("days", 0))
    return {
        **trigger,
        "watched": trigger.get("fields", []),
        "name": name,
        "cause": cause,
        "days": abs(days),
        "side": "before" if days < 0 else "after",
        "rule": json.dumps(rule) if rule else "",
    }


class Step:
    """One action in the builder: `number` is its name in the form, whatever place it has."""

    def __init__(self, number: int, action: AutomationAction, form: forms.Form) -> None:
        self.number, self.action, self.form = number, action, form

    @property
    def token(self) -> str:
        return f"{self.number}:{self.action.key}"


class Builder:
    """What a page of the builder holds. `data` is a sent form; without it what was saved, or a starter."""

    def __init__(self, kind: Kind, user: User, data: QueryDict | None = None) -> None:
        self.kind, self.user, self.data = kind, user, data
        self.trigger = TriggerForm(kind, user, data)
        self.steps: list[Step] = []
        for number, action in self.sent_steps(data) if data is not None else ():
            self.steps.append(Step(number, action, action.form(user, kind, data, prefix=f"s{number}")))

    def fill(self, initial: dict[str, Any], actions: list[tuple[str, Mapping[str, Any]]]) -> "Builder":
        self.trigger = TriggerForm(self.kind, self.user, initial=initial)
        known = automation_actions()
        self.steps = [
            Step(
                number, known[key], known[key].form(self.user, self.kind, prefix=f"s{number}", initial=params)
            )
            for number, (key, params) in enumerate(actions)
            if key in known
        ]
        return self

    def sent_steps(self, data: QueryDict) -> list[tuple[int, AutomationAction]]:
        offered = {action.key: action for action in self.offered}
        found = []
        for token in data.getlist("step")[:MOST_ACTIONS]:
            number, _colon, key = token.partition(":")
            if number.isdecimal() and len(number) <= 4 and key in offered:
                found.append((int(number), offered[key]))
        return found

    @cached_property
    def offered(self) -> list[AutomationAction]:
        return offered_actions(self.user, self.kind)

    # --- a sent form ----------------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        good = [self.trigger.is_valid(), *(step.form.is_valid() for step in self.steps)]
        if not self.steps:
            self.trigger.add_error(None, _("Add an action: what shall be done?"))
            return False
        return all(good)

    def values(self) -> dict[str, Any]:
        cleaned = self.trigger.cleaned_data
        return {
            "name": cleaned["name"],
            "cause": cleaned["cause"],
            "trigger": self.trigger.trigger(),
            "rule": cleaned["rule"],
            "actions": [
                {"action": step.action.key, "params": step.action.params(step.form)} for step in self.steps
            ],
        }

    def rearrange(self, wish: str) -> int | None:
        """`add:task`, `up:3`, `down:3`, `remove:3`; what was typed stays, and nothing is judged yet.

        Returns the number of the action that is new or moved.
        """
        verb, _colon, name = wish.partition(":")
        touched = None
        if verb == "add" and len(self.steps) < MOST_ACTIONS:
            touched = self.add(name)
        place = next((at for at, step in enumerate(self.steps) if str(step.number) == name), None)
        if verb in ("up", "down", "remove") and place is not None:
            step = self.steps.pop(place)
            if verb != "remove":
                self.steps.insert(max(0, place + (-1 if verb == "up" else 1)), step)
                touched = step.number
        self.unbind()
        return touched

    def add(self, key: str) -> int | None:
        action = next((item for item in self.offered if item.key == key), None)
        if action is None:
            return None
        number = max((step.number for step in self.steps), default=-1) + 1
        form = action.form(self.user, self.kind, prefix=f"s{number}")
        self.steps.append(Step(number, action, form))
        return number

    def unbind(self) -> None:
        """The forms with what was typed, and without their errors."""
        self.trigger = TriggerForm(self.kind, self.user, initial=typed(self.trigger))
        for step in self.steps:
            if step.form.is_bound:
                written = typed(step.form)
                step.form = step.action.form(self.user, self.kind, prefix=f"s{step.number}")
                step.form.initial = written


def typed(form: forms.Form) -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def saved_builder(user: User, kind: Kind, automation: Automation) -> Builder:
    initial = trigger_initial(automation.name, automation.cause, automation.trigger, automation.rule)
    actions = [(step["action"], step["params"]) for step in automation.actions]
    return Builder(kind, user).fill(initial | {"version": automation.version}, actions)
