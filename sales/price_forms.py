"""The form of who gets a price book."""

from typing import Any

from django import forms

from crm.rules.errors import RuleError
from crm.rules.tree import EVERYTHING, read_text, read_tree, write_text, write_tree
from crm.staff.models import User
from sales.book_rules import read_rule
from sales.models import PriceBook


class BookRuleForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    rule = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)

    def __init__(self, data: Any = None, *, book: PriceBook, user: User) -> None:
        super().__init__(data, initial={"version": book.version, "rule": text_of(book.rule)})
        self.user = user

    def clean_rule(self) -> dict[str, Any]:
        try:
            return read_rule(self.user, self.cleaned_data["rule"])
        except RuleError as fault:
            raise forms.ValidationError(fault.text) from fault

    def tree(self) -> dict[str, Any]:
        """What the builder shows, also of a rule that was refused."""
        try:
            return write_tree(read_text(str(self["rule"].value() or "")))
        except RuleError:
            return write_tree(EVERYTHING)


def text_of(rule: Any) -> str:
    try:
        return write_text(read_tree(rule))
    except RuleError:
        return ""
