"""The editor of a layout: three parts, each as JSON, which <tenure-layout> writes; and what its page draws of them."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.layouts.arrangement import Arrangement, Offer, fitted, order_json, properties_json
from crm.layouts.checks import check_arrangement, read_json, read_order, read_properties
from crm.records.forms import SeenForm

PARTS = ("properties", "tabs", "panels")


def part() -> forms.CharField:
    missing = {"required": _("This is no layout.")}
    return forms.CharField(widget=forms.HiddenInput, error_messages=missing)


class LayoutForm(SeenForm, forms.Form):
    """`held` is what holds now, by declaration or by a row of `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    properties, tabs, panels = part(), part(), part()

    def __init__(self, data: Any = None, *, offer: Offer, held: Arrangement, version: int) -> None:
        self.offer, self.held = offer, fitted(held, offer)
        super().__init__(data, initial={"version": version, **texts_of(self.held)})
        labels = {"properties": _("properties"), "tabs": _("tabs"), "panels": _("panels")}
        for name, label in labels.items():
            self.fields[name].label = label

    def shown(self) -> list[str]:
        return list(PARTS)

    def clean_properties(self) -> Any:
        return read_properties(read_json(self.cleaned_data["properties"]))

    def clean_tabs(self) -> Any:
        return read_order(read_json(self.cleaned_data["tabs"]))

    def clean_panels(self) -> Any:
        return read_order(read_json(self.cleaned_data["panels"]))

    def clean(self) -> None:
        if not self.errors:
            check_arrangement(self.arrangement(), self.offer)

    def arrangement(self) -> Arrangement:
        (groups, hidden), sent = self.cleaned_data["properties"], self.cleaned_data
        return Arrangement(groups, hidden, sent["tabs"], sent["panels"])

    def drawn(self) -> Arrangement:
        """What was sent, as far as it can be read; of what cannot, what holds."""
        found = self.held
        if not self.is_bound:
            return found
        with suppress(ValidationError):
            groups, hidden = read_properties(read_json(self.text_of("properties")))
            found = replace(found, groups=groups, hidden=hidden)
        with suppress(ValidationError):
            found = replace(found, tabs=read_order(read_json(self.text_of("tabs"))))
        with suppress(ValidationError):
            found = replace(found, panels=read_order(read_json(self.text_of("panels"))))
        return fitted(found, self.offer)


def texts_of(arrangement: Arrangement) -> dict[str, str]:
    """As the browser writes JSON, so that an untouched part is the same text."""
    parts = (properties_json(arrangement), order_json(arrangement.tabs), order_json(arrangement.panels))
    texts = (json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in parts)
    return dict(zip(PARTS, texts, strict=True))
