"""The forms of sequences: what one is, its steps, and who is enrolled."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.choices import PointKind
from contacts.models import ContactPoint, Customer
from crm.texts import visible
from sales.choices import StepKind
from sales.models import Deal, Sequence, SequenceStep
from sales.models.sequence import MOST_DAYS
from sales.pipeline_forms import NameField, place
from sales.services.sequence import MOST_STEPS, StepRow


class SequenceForm(forms.Form):
    name = NameField(label=_("Name"), max_length=80)
    purpose = forms.CharField(label=_("What it is for"), max_length=200, required=False)
    daily_limit = forms.IntegerField(
        label=_("Mails a day for one sender"),
        min_value=1,
        max_value=1000,
        initial=50,
        help_text=_("What does not go out today goes out on the next working day."),
    )
    is_on = forms.BooleanField(
        label=_("On"),
        required=False,
        initial=True,
        help_text=_(
            "Switched off, nothing goes out and nobody is enrolled; everybody inside keeps their place."
        ),
    )

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class StepForm(forms.Form):
    """A row of the editor. A row that was taken out sends nothing and is left out."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    position = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=StepKind.choices)
    wait_days = forms.IntegerField(
        label=_("Wait (working days)"),
        min_value=0,
        max_value=MOST_DAYS,
        required=False,
        widget=forms.NumberInput(attrs={"placeholder": "0"}),
    )
    title = forms.CharField(label=_("Subject or title"), max_length=200, required=False, validators=[visible])
    text = forms.CharField(
        label=_("Text"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    is_answer = forms.BooleanField(label=_("Answers the mail before"), required=False)

    def row(self) -> StepRow:
        data = self.cleaned_data
        kind = StepKind(data["kind"])
        is_answer = data["is_answer"] and kind == StepKind.MAIL
        return StepRow(kind, data["title"], data["text"], data["wait_days"] or 0, is_answer, data["pk"])


class BaseSteps(forms.BaseFormSet):  # type: ignore[type-arg]
    """None of its rows has to stay: what is not sent is taken away."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.extra = len(self.initial or ())

    def initial_form_count(self) -> int:
        return 0

    def rows(self) -> list[StepRow]:
        """In the order in which they stand."""
        kept = [form for form in self.forms if form.has_changed()]
        kept.sort(key=lambda form: place(form.cleaned_data.get("position")))
        return [form.row() for form in kept]


StepForms = forms.formset_factory(StepForm, formset=BaseSteps, extra=0, max_num=MOST_STEPS, validate_max=True)


def step_forms(steps: list[SequenceStep], data: Any = None) -> Any:
    names = ("pk", "position", "kind", "wait_days", "title", "text", "is_answer")
    initial = None if data is not None else [{name: getattr(step, name) for name in names} for step in steps]
    return StepForms(data, prefix="steps", initial=initial)


class EnrolForm(forms.Form):
    """One customer into a sequence: which, and to which address."""

    sequence = forms.ModelChoiceField(Sequence.objects.none(), label=_("Sequence"), empty_label="–")
    address = forms.ChoiceField(label=_("Write to"), required=False)
    deal = forms.ModelChoiceField(
        Deal.objects.none(), label=_("About"), required=False, empty_label=_("No deal in particular")
    )

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        offered: QuerySet[Sequence],
        deals: QuerySet[Deal],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        deal: Any = self.fields["deal"]
        deal.queryset = deals
        if not deals:
            del self.fields["deal"]
        sequence: Any = self.fields["sequence"]
        sequence.queryset = offered
        points = ContactPoint.objects.filter(customer=customer, kind=PointKind.EMAIL, is_bounced=False)
        values = points.order_by("-is_primary", "pk").values_list("value", flat=True)
        address: Any = self.fields["address"]
        address.choices = [(value, value) for value in values]
        if not address.choices:
            del self.fields["address"]


class BulkEnrolForm(forms.Form):
    """Many customers into a sequence."""

    sequence = forms.ModelChoiceField(Sequence.objects.none(), label=_("Sequence"), empty_label=None)

    def __init__(self, offered: QuerySet[Sequence], data: Any = None) -> None:
        super().__init__(data)
        sequence: Any = self.fields["sequence"]
        sequence.queryset = offered
