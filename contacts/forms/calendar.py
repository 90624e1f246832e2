"""Forms of the pages about one's own calendar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.texts import visible


class FeedForm(forms.Form):
    name = forms.CharField(
        label=_("For which calendar"),
        max_length=80,
        validators=[visible],
        help_text=_("For example “My phone”: so that you know later which one to revoke."),
    )
    with_tasks = forms.BooleanField(label=_("To-dos with a day too"), required=False, initial=True)
