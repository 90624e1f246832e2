"""The forms of deals: a new one, winning, losing, reopening, a person, a competitor."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import Customer
from contacts.selectors import customers
from crm.access.services import allowed
from crm.company.selectors import company
from crm.fields.custom_part import CustomPart
from crm.money.selectors import currencies
from crm.records.forms import RecordChoiceField
from crm.staff.models import User
from crm.staff.selectors import colleagues
from sales.choices import DealRole
from sales.models import Deal, LossReason, Stage
from sales.selectors import stages


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


def amount_field(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=_("Amount"), min_value=0, max_digits=16, decimal_places=2, **options)


class StageField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An open stage, in groups by pipeline."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Stage.objects.none(), label=_("Stage"), empty_label=None, **options)

    def offer(self) -> None:
        """Read what can be chosen: when the form is made, not when the program starts."""
        found = [stage for stage in stages() if stage.is_open]
        self.queryset = Stage.objects.filter(pk__in=[stage.pk for stage in found])
        several = len({stage.pipeline_id for stage in found}) > 1
        self.choices = grouped(found) if several else [(stage.pk, stage.name) for stage in found]


def grouped(stages: list[Stage]) -> list[tuple[str, list[tuple[int, str]]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for stage in stages:
        found.setdefault(stage.pipeline.name, []).append((stage.pk, stage.name))
    return list(found.items())


class DealForm(forms.Form):
    """A new deal."""

    customer = RecordChoiceField(Customer, label=_("Customer"), required=True)
    name = forms.CharField(label=_("What it is about"), max_length=200)
    stage = StageField()
    amount = amount_field(required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    close_on = day_field(_("Expected close"), required=False)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=None)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"currency": company().currency, "owner": user, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["customer"].queryset = customers(user)
        fields["stage"].offer()
        fields["currency"].choices = [(name, name) for name in currencies()]
        fields["owner"].queryset = colleagues()
        if not allowed(user, "sales.assign_deal"):
            del fields["owner"]
        self.custom = CustomPart(self, "sales.deal", user, {})

    def values(self) -> dict[str, Any]:
        own = {name: value for name, value in self.cleaned_data.items() if not name.startswith("custom.")}
        return {**own, **self.custom.values()}

    def refuse(self, fault: ValidationError) -> None:
        refuse(self, fault)


def refuse(form: forms.Form, fault: ValidationError) -> None:
    """The service's words at the field that they are about, else above the form."""
    if not hasattr(fault, "error_dict"):
        form.add_error(None, fault)
        return
    for name, errors in fault.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class WinForm(forms.Form):
    """`amount` is asked for when nothing else says what the deal was sold for."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    amount = amount_field()

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if deal.amount is not None:
            del self.fields["amount"]


class LoseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ModelChoiceField(LossReason.objects.none(), label=_("Why it was lost"), empty_label="–")
    note = forms.CharField(
        label=_("What happened"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    follow_up_on = day_field(
        _("Ask again on"), required=False, help_text=_("A task for that day; leave it empty for none.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = LossReason.objects.filter(deleted_at=None)  # type: ignore[attr-defined]


class ProbabilityForm(forms.Form):
    """Both at once: another probability needs its reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    probability = forms.IntegerField(label=_("Probability %"), min_value=0, max_value=100)
    probability_reason = forms.CharField(
        label=_("Why it is not that of the stage"), max_length=200, required=False
    )


class ReopenForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    stage = StageField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].offer()  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Which stage (`value`) a card was dropped on; `version` is what its mover saw."""

    value = forms.IntegerField()
    version = forms.IntegerField(required=False)

    def clean_value(self) -> Stage:
        found = next((stage for stage in stages() if stage.pk == self.cleaned_data["value"]), None)
        if found is None:
            raise ValidationError(_("There is no such stage any more."))
        return found


class PersonForm(forms.Form):
    customer = RecordChoiceField(Customer, label=_("Person"), required=True)
    role = forms.ChoiceField(label=_("Role"), choices=DealRole.choices)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers(user)  # type: ignore[attr-defined]


class CompetitorForm(forms.Form):
    name = forms.CharField(label=_("Competitor"), max_length=120)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
