"""The forms of pipelines, their stages and the reasons for losses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext_lazy as _

from crm.texts import visible
from sales.choices import ForecastCategory, StageKind
from sales.models import Stage
from sales.services.pipeline import StageRow


class NameField(forms.CharField):
    """A name, its words one blank apart."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[visible], **options)

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


class PipelineForm(forms.Form):
    name = NameField(label=_("Name"), max_length=80)


class StageForm(forms.Form):
    """A row of the table of stages. The ends (won, lost) have a name and nothing else to choose."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    position = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = NameField(label=_("Stage"), max_length=60)
    probability = forms.IntegerField(label=_("Probability %"), min_value=0, max_value=100, initial=10)
    stale_days = forms.IntegerField(
        label=_("Stale after (days)"), min_value=1, max_value=1000, required=False
    )
    forecast_category = forms.ChoiceField(
        label=_("Forecast"), choices=ForecastCategory.choices, initial=ForecastCategory.PIPELINE
    )

    def __init__(self, *args: Any, known: dict[int, Stage], **options: Any) -> None:
        super().__init__(*args, **options)
        text = self["pk"].value()
        self.stage = known.get(int(text)) if str(text or "").isdecimal() else None
        if self.stage is not None and not self.stage.is_open:
            for name in ("probability", "stale_days", "forecast_category"):
                del self.fields[name]

    def row(self) -> StageRow:
        data, stage = self.cleaned_data, self.stage
        if stage is not None and not stage.is_open:
            category = ForecastCategory(stage.forecast_category)
            return StageRow(data["name"], StageKind(stage.kind), stage.probability, None, category, stage.pk)
        return StageRow(
            data["name"],
            StageKind.OPEN,
            data["probability"],
            data["stale_days"],
            ForecastCategory(data["forecast_category"]),
            stage.pk if stage else None,
        )


class BaseStages(forms.BaseFormSet):  # type: ignore[type-arg]
    def rows(self) -> list[StageRow]:
        """In the order in which they stand in the form; the ends last."""
        kept = [form for form in self.forms if form.has_changed() or form.stage]
        kept = [form for form in kept if not form.cleaned_data.get(DELETION_FIELD_NAME)]
        kept.sort(key=lambda form: place(form.cleaned_data.get("position")))
        made = [form.row() for form in kept]
        return sorted(made, key=lambda row: list(StageKind).index(row.kind))


def place(position: int | None) -> int:
    return 10_000 if position is None else position


StageForms = forms.formset_factory(StageForm, formset=BaseStages, extra=0, max_num=30, validate_max=True)


class StageDeleteForm(forms.Form):
    """Where the deals inside go; asked for only when there are any."""

    into = forms.ModelChoiceField(Stage.objects.none(), label=_("Its deals go to"), empty_label="–")

    def __init__(self, *args: Any, stage: Stage, has_deals: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Stage.objects.filter(pipeline=stage.pipeline_id, kind=StageKind.OPEN, deleted_at=None)
        into: Any = self.fields["into"]
        into.queryset, into.required = rows.exclude(pk=stage.pk), has_deals
        if not has_deals:
            del self.fields["into"]


class LossReasonForm(forms.Form):
    name = NameField(label=_("Reason"), max_length=80)


def refused(form: forms.Form, fault: ValidationError) -> None:
    for name, errors in fault.update_error_dict({}).items():
        form.add_error(name if name in form.fields else None, errors)
