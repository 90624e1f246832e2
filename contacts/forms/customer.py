"""Forms over customers and the ways to reach them; each names the fields it may write."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.choices import CustomerKind, PointKind
from contacts.employers import has_hidden_employer
from contacts.models import Customer
from contacts.selectors import customers
from crm.fields.custom_part import CustomPart
from crm.records.forms import RecordChoiceField, SeenForm
from crm.staff.models import User
from crm.staff.selectors import colleagues

EDITABLE = (
    "name",
    "kind",
    "organisation",
    "job_title",
    "street",
    "postal_code",
    "city",
    "region",
    "country",
    "language",
    "source",
    "lead_status",
    "owner",
    "team",
)
POINTS = ("email", "phone")


class CustomerForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg]
    """A person or organisation; `version` is what the writer saw."""

    field_order = ("name", "kind", "email", "phone", "organisation", "job_title")

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    organisation = RecordChoiceField(Customer, label=_("Organisation"))
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)

    class Meta:
        model = Customer
        fields = EDITABLE

    def __init__(self, *args: Any, user: User, only: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = customers(user).filter(kind=CustomerKind.ORGANISATION)
        kept = Customer.objects.filter(pk=self.instance.organisation_id or 0)
        self.fields["organisation"].queryset = organisations | kept  # type: ignore[attr-defined]
        if has_hidden_employer(user, self.instance):
            del self.fields["organisation"]
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["team"].required = self.instance.pk is not None
        for name in ("owner", "team"):
            self.fields[name].empty_label = "–"  # type: ignore[attr-defined]
        self.fields["version"].required = self.instance.pk is not None
        self.custom = CustomPart(self, "contacts.customer", user, self.instance.custom)
        if only:
            for name in set(self.fields) - {only, "version"}:
                del self.fields[name]

    def refuse(self, fault: ValidationError) -> None:
        """Say at the field what the service refused; what concerns a field that is not asked for, above the form."""
        for name, texts in fault.update_error_dict({}).items():
            self.add_error(name if name in self.fields else None, texts)

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def values(self) -> dict[str, Any]:
        """What the service writes; points (e-mail, phone) have a service of their own."""
        values = {name: self.cleaned_data[name] for name in EDITABLE if name in self.cleaned_data}
        if self.instance.pk is None and values.get("team") is None:
            values.pop("team", None)
        return values | self.custom.values()

    def points(self) -> dict[str, str]:
        """E-mail and phone, as far as the form asks for them."""
        return {name: self.cleaned_data[name] for name in POINTS if name in self.cleaned_data}


class PointForm(forms.Form):
    """Another way to reach a customer; empty to take it away."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("Reach"), max_length=254, required=False)


class NewPointForm(forms.Form):
    """One more way to reach a customer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PointKind.choices)
    text = forms.CharField(label=_("Address or number"), max_length=254)
