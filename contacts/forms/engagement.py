"""Tags, relationships and consents."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.choices import RelationshipKind
from contacts.models import Consent, Customer, Tag
from contacts.selectors import customers
from crm.records.forms import RecordChoiceField
from crm.staff.models import User
from crm.texts import visible


class TagField(forms.CharField):
    """The name of a tag, its words one blank apart."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=50, validators=[visible], **options)

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


class TagForm(forms.Form):
    tag = TagField(label=_("Tag"))


class TagNameForm(forms.Form):
    """A tag itself."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = TagField(label=_("Name"))


class MergeTagForm(forms.Form):
    """The tag that another is merged into, by its name."""

    tag = TagField(label=_("Merge into"))

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merged = tag

    def clean_tag(self) -> Tag:
        name, others = self.cleaned_data["tag"], Tag.objects.exclude(pk=self.merged.pk)
        found = others.filter(name=name).first() or others.filter(name__iexact=name).order_by("pk").first()
        if found is None:
            raise ValidationError(_("There is no other tag of this name."))
        return found


class RelationshipForm(forms.Form):
    kind = forms.ChoiceField(label=_("Relationship"), choices=RelationshipKind.choices)
    other = RecordChoiceField(Customer, label=_("Customer"), required=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = customers(user)  # type: ignore[attr-defined]


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg]
    is_given = forms.TypedChoiceField(
        choices=[("1", _("Given")), ("0", _("Withdrawn"))], coerce=lambda value: value == "1"
    )

    class Meta:
        model = Consent
        fields = ("purpose", "channel", "is_given", "wording", "source")

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
