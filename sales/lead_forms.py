"""The forms of leads: a new one, disqualifying, converting, and who gets which."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.choices import CustomerKind
from contacts.models import Customer
from contacts.selectors import customers
from crm.assignment.models import Pool
from crm.company.selectors import company
from crm.money.selectors import currencies
from crm.records.forms import RecordChoiceField
from crm.records.kinds import kinds
from crm.rules.compile import Reading, compiled
from crm.rules.errors import RuleError
from crm.rules.tree import read_text, write_tree
from crm.staff.models import Team, User
from crm.staff.selectors import colleagues
from crm.texts import visible
from sales.choices import DisqualifyReason
from sales.deal_forms import StageField, amount_field, day_field, refuse
from sales.models import LeadRule

CUSTOMER = "contacts.customer"
ME, RULES = "me", "rules"


class LeadForm(forms.Form):
    """A new lead: a person (and where they work) or an organisation."""

    name = forms.CharField(label=_("Name"), max_length=200, validators=[visible])
    kind = forms.ChoiceField(label=_("Type"), choices=CustomerKind.choices, initial=CustomerKind.PERSON)
    organisation = RecordChoiceField(Customer, label=_("Organisation"))
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    source = forms.CharField(label=_("Lead source"), required=False, max_length=60)
    note = forms.CharField(
        label=_("What they asked"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    give = forms.ChoiceField(
        label=_("Give to"), choices=((ME, _("Me")), (RULES, _("Whom the rules say"))), initial=ME
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        organisations = customers(user).filter(kind=CustomerKind.ORGANISATION)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if not LeadRule.objects.exists():
            del self.fields["give"]

    def given(self) -> dict[str, Any]:
        """As lead_create takes it."""
        data = self.cleaned_data
        values = {name: data[name] for name in ("name", "kind", "organisation", "source")}
        return {
            "values": values,
            "email": data["email"],
            "phone": data["phone"],
            "note": data["note"].strip(),
            "by_rule": data.get("give") == RULES,
        }

    def refuse(self, fault: ValidationError) -> None:
        refuse(self, fault)


class DisqualifyForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why"), choices=[("", "–"), *DisqualifyReason.choices])
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ConvertForm(forms.Form):
    """The deal that a lead becomes."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("What it is about"), max_length=200)
    stage = StageField()
    amount = amount_field(required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    close_on = day_field(_("Expected close"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        options["initial"] = {"currency": company().currency, **options.get("initial", {})}
        super().__init__(*args, **options)
        self.fields["stage"].offer()  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(name, name) for name in currencies()]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PolicyForm(forms.Form):
    first_touch_minutes = forms.IntegerField(
        label=_("First touch within (minutes of business hours)"), min_value=1, max_value=100_000
    )


class LeadRuleForm(forms.Form):
    """Which leads, and who gets them: exactly one of pool, person, team."""

    name = forms.CharField(label=_("Name"), max_length=80, validators=[visible])
    rule = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)
    pool = forms.ModelChoiceField(Pool.objects.none(), label=_("A pool"), required=False, empty_label="–")
    owner = forms.ModelChoiceField(User.objects.none(), label=_("A person"), required=False, empty_label="–")
    team = forms.ModelChoiceField(Team.objects.none(), label=_("A team"), required=False, empty_label="–")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        fields: dict[str, Any] = self.fields
        fields["pool"].queryset = Pool.objects.all()
        fields["owner"].queryset = colleagues()
        fields["team"].queryset = Team.objects.order_by("name")

    def clean_rule(self) -> Any:
        try:
            tree = read_text(self.cleaned_data["rule"])
            compiled(Reading.of(kinds()[CUSTOMER], self.user), tree)
        except RuleError as fault:
            raise forms.ValidationError(fault.text) from fault
        return write_tree(tree)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if sum(data.get(name) is not None for name in ("pool", "owner", "team")) != 1:
            raise forms.ValidationError(_("Choose who gets them: one pool, one person or one team."))
        return data
