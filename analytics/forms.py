"""The form over the value settings."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from analytics.models import ValueSettings
from analytics.rfm_map import check_map
from contacts.choices import RfmGroup
from crm.company.selectors import company

NUMBERS = (
    "horizon_days",
    "window_days",
    "measure",
    "months",
    "margin_rate",
    "discount_rate",
    "cost_per_call",
    "cost_per_meeting",
    "quadrant_recency_days",
    "quadrant_frequency",
    "min_payers",
    "min_repeat_payers",
    "min_history_days",
    "customer_alive_rate",
)
LABELS = {
    "horizon_days": _("Horizon of churn risk"),
    "window_days": _("RFM window"),
    "measure": _("Money measure"),
    "months": _("Months of lifetime value"),
    "margin_rate": _("Margin rate"),
    "discount_rate": _("Yearly discount rate"),
    "cost_per_call": _("Cost of a call"),
    "cost_per_meeting": _("Cost of a meeting"),
    "quadrant_recency_days": _("2 x 2: recent is at most"),
    "quadrant_frequency": _("2 x 2: often is more than"),
    "min_payers": _("Fewest customers with an order"),
    "min_repeat_payers": _("Fewest who bought again"),
    "min_history_days": _("Shortest history"),
    "customer_alive_rate": _("Least chance of being a customer"),
}
EMPTY_MEDIAN = _("Empty: the median")
RATE_EXAMPLE = _("Such as 30% or 0.3")
NO_PREDICTION = _("Below it nothing is predicted")
HELP = {
    "window_days": _("Empty: the whole history"),
    "margin_rate": RATE_EXAMPLE,
    "discount_rate": RATE_EXAMPLE,
    "quadrant_recency_days": EMPTY_MEDIAN,
    "quadrant_frequency": EMPTY_MEDIAN,
    "min_payers": NO_PREDICTION,
    "min_repeat_payers": NO_PREDICTION,
    "min_history_days": NO_PREDICTION,
    "customer_alive_rate": _("Below it a payer counts as lapsed"),
}
DAYS = _("days")
UNITS = {
    "horizon_days": DAYS,
    "window_days": DAYS,
    "months": _("months"),
    "quadrant_recency_days": DAYS,
    "quadrant_frequency": _("purchase days"),
    "min_payers": _("customers"),
    "min_repeat_payers": _("customers"),
    "min_history_days": DAYS,
}
RATES = ("margin_rate", "discount_rate", "customer_alive_rate")
COSTS = ("cost_per_call", "cost_per_meeting")
#: What a column can hold is no limit that anybody set.
LARGEST_LIMIT = 10**6


class RateField(forms.FloatField):
    """A share, shown and typed as 30%; a number without the sign is a fraction (0.3)."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:g}%" if isinstance(value, (int, float)) else value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text.endswith("%"):
            return super().to_python(text)
        found = super().to_python(text.removesuffix("%"))
        return None if found is None else round(found / 100, 10)


class ValueSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The cells of each RFM group are typed as "55 54 45"."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ValueSettings
        fields = NUMBERS
        labels = LABELS
        help_texts = HELP
        field_classes = dict.fromkeys(RATES, RateField)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for name in NUMBERS:
            self.fields[name].error_messages |= self.messages_of(name)
        for group, label in RfmGroup.choices:
            cells = " ".join(self.instance.rfm_map.get(group, []))
            self.fields[f"cells_{group}"] = forms.CharField(label=label, required=False, initial=cells)

    def messages_of(self, name: str) -> dict[str, str]:
        """Errors that name their field."""
        label = str(self.fields[name].label)
        validators = self.instance._meta.get_field(name).validators
        low = max((v.limit_value for v in validators if isinstance(v, MinValueValidator)), default=None)
        high = min((v.limit_value for v in validators if isinstance(v, MaxValueValidator)), default=None)
        return {
            "required": _("%(label)s must not be empty") % {"label": label},
            "invalid": _("%(label)s must be a number") % {"label": label},
            **(
                {} if low is None else dict.fromkeys(("min_value", "max_value"), range_text(label, low, high))
            ),
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        cells = {group: str(values.get(f"cells_{group}", "")).split() for group, _label in RfmGroup.choices}
        try:
            check_map(cells)
        except ValueError as fault:
            self.add_error(f"cells_{RfmGroup.values[0]}", str(fault))
        self.rfm_map = cells
        return values

    def mark_stale(self, version: int) -> None:
        """Keep what was typed, say that somebody was quicker, and let the next save build on their version."""
        self.data = {name: self.data[name] for name in self.data} | {"version": str(version)}
        self.add_error(
            None, _("Somebody changed the settings while you were writing. Look at them and save again.")
        )

    def group_fields(self) -> list[forms.BoundField]:
        return [self[f"cells_{group}"] for group, _label in RfmGroup.choices]

    def number_fields(self) -> list[tuple[forms.BoundField, Any]]:
        """(field, the unit that stands behind it)."""
        return [
            (self[name], company().currency if name in COSTS else UNITS.get(name, "")) for name in NUMBERS
        ]

    def faulty_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.errors]

    def focus_first_error(self) -> None:
        for field in self.faulty_fields()[:1]:
            field.field.widget.attrs["autofocus"] = True

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in NUMBERS} | {"rfm_map": self.rfm_map}


def range_text(label: str, low: float, high: float | None) -> str:
    if high is None or high > LARGEST_LIMIT:
        return _("%(label)s must be at least %(low)s") % {"label": label, "low": f"{low:g}"}
    return _("%(label)s must be between %(low)s and %(high)s") % {
        "label": label,
        "low": f"{low:g}",
        "high": f"{high:g}",
    }
