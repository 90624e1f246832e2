"""The forms of approvals: asking, and answering."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.texts import visible


def words_field(label: Any, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=1000, validators=[visible], widget=widget, **options)


class AskForm(forms.Form):
    word = words_field(
        _("Why"),
        required=False,
        help_text=_("What makes it worth it: a larger order next year, a competitor's offer."),
    )


class ApproveForm(forms.Form):
    reason = words_field(_("A word to whoever asked"), required=False)


class RejectForm(forms.Form):
    reason = words_field(_("Why not"))
