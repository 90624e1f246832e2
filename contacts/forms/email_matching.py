"""The form that puts a mail on a record."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Customer
from contacts.selectors import customers
from crm.records.forms import RecordChoiceField
from crm.staff.models import User
from crm.texts import visible


class MatchForm(forms.Form):
    """A customer that is there, or a new one by name."""

    customer = RecordChoiceField(Customer, label=gettext_lazy("Customer"))
    new_name = forms.CharField(
        label=gettext_lazy("Or a new person, by name"),
        max_length=200,
        required=False,
        validators=[visible],
    )
    keep_address = forms.BooleanField(
        label=gettext_lazy("Keep the address on the record; other mails of it follow"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, user: User, may_create: bool, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers(user)  # type: ignore[attr-defined]
        if not may_create:
            del self.fields["new_name"]
        if not address:
            del self.fields["keep_address"]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors and bool(values.get("customer")) == bool(values.get("new_name", "").strip()):
            raise ValidationError(_("Choose a customer, or give the name of a new one."))
        return values
