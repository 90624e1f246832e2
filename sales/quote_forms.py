"""The forms of quotes: the draft, sending it, and what the customer answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.publicforms.guard import Guard, GuardedForm
from crm.publicforms.rate import Limit
from crm.texts import visible
from sales.deal_forms import day_field
from sales.models import Deal, Quote, Stage
from sales.quote_selectors import later_stages, open_stages

FIELDS = ("title", "receiver_name", "receiver_address", "valid_until", "tax_rate", "intro", "terms")
GUARD = Guard("quote", Limit(most=20, seconds=3600))


def long_field(label: Any, rows: int, longest: int = 10_000, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=longest, required=False, widget=widget, validators=[visible], **options
    )


class QuoteForm(forms.Form):
    """The head of a draft; its lines are LineForms."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200, validators=[visible])
    receiver_name = forms.CharField(label=_("For whom"), max_length=200, validators=[visible])
    receiver_address = long_field(_("Their address"), 3, 500)
    valid_until = day_field(_("Valid until"))
    tax_rate = forms.DecimalField(
        label=_("Tax %"), min_value=0, max_value=100, max_digits=5, decimal_places=2,
        help_text=_("On the sum of the lines; 0 for none."),
    )  # fmt: skip
    intro = long_field(_("Introduction"), 4)
    terms = long_field(_("Terms"), 5)

    def __init__(self, data: Any = None, *, quote: Quote) -> None:
        super().__init__(data, initial={name: getattr(quote, name) for name in ("version", *FIELDS)})

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class SendForm(forms.Form):
    """Without an address only the link becomes valid. The link itself is no part of the text: it cannot get lost."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.EmailField(
        label=_("To"), max_length=254, required=False,
        widget=forms.EmailInput(attrs={"list": "quote-addresses", "autocomplete": "off"}),
        help_text=_("Leave it empty to pass the link on yourself."),
    )  # fmt: skip
    subject = forms.CharField(label=_("Subject"), max_length=200, validators=[visible])
    text = forms.CharField(
        label=_("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 7}), validators=[visible],
        help_text=_("The link and the PDF are added."),
    )  # fmt: skip
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Move the deal to"), required=False)

    def __init__(self, data: Any = None, *, deal: Deal, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        chooser: Any = self.fields["stage"]
        chooser.queryset = open_stages(deal)
        later = [(stage.pk, stage.name) for stage in later_stages(deal)]
        chooser.choices = [("", _("– stays in %s –") % deal.stage), *later]
        if not later:
            del self.fields["stage"]


class AcceptForm(GuardedForm):
    name = forms.CharField(
        label=_("Your name"), max_length=120, validators=[visible],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    order_reference = forms.CharField(
        label=_("Your order number"), max_length=100, required=False, validators=[visible],
        help_text=_("If you have one; it stands on the invoice."),
    )  # fmt: skip
    may_order = forms.BooleanField(error_messages={"required": _("Please confirm that you may order.")})

    def __init__(self, data: Any = None, *, quote: Quote) -> None:
        super().__init__(data, guard=GUARD, prefix=None)
        self.fields["may_order"].label = _("I may place this order for %s.") % quote.receiver_name


class DeclineForm(GuardedForm):
    name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, validators=[visible],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Is there a reason you can tell us?"), max_length=1000, required=False, validators=[visible],
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, guard=GUARD, auto_id="decline_%s")
