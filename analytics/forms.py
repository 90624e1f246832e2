"""The form over the value settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.models import ValueSettings
from analytics.rfm_map import check_map
from contacts.choices import RfmGroup

NUMBERS = (
    "horizon_days",
    "window_days",
    "measure",
    "margin_rate",
    "discount_rate",
    "months",
    "cost_per_call",
    "cost_per_meeting",
    "quadrant_recency_days",
    "quadrant_frequency",
    "min_payers",
    "min_repeat_payers",
    "min_history_days",
    "customer_alive_rate",
)


class ValueSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Rates are typed as fractions (0.1 is 10 %); the cells of each RFM group as "55 54 45"."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ValueSettings
        fields = NUMBERS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for group, label in RfmGroup.choices:
            cells = " ".join(self.instance.rfm_map.get(group, []))
            self.fields[f"cells_{group}"] = forms.CharField(label=label, required=False, initial=cells)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        cells = {group: str(values.get(f"cells_{group}", "")).split() for group, _label in RfmGroup.choices}
        try:
            check_map(cells)
        except ValueError as fault:
            self.add_error(None, str(fault))
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

    def number_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in NUMBERS]

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in NUMBERS} | {"rfm_map": self.rfm_map}
