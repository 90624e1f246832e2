from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.imports.kinds import kinds_for
from crm.staff.models import User


class UploadForm(forms.Form):
    """A file, what it holds, and the system it comes from."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"})
    )
    source = forms.CharField(
        label=gettext_lazy("Comes from"),
        max_length=60,
        help_text=gettext_lazy(
            "The system the file comes from, such as shop. Ids of customers are unique within it."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Holds"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = kinds_for(user)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared above
        kind.choices = [(found.key, found.label) for found in self.offered]
        kind.required = False

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or self.offered[0].key

    def needs(self) -> list[tuple[Any, str]]:
        """What a file of each kind must hold, in words."""
        return [
            (kind.label, ", ".join(str(field.label) for field in kind.fields if field.required))
            for kind in self.offered
        ]

    def clean_file(self) -> "UploadedFile[Any]":
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > settings.UPLOAD_LIMIT_BYTES:
            limit = filesizeformat(settings.UPLOAD_LIMIT_BYTES)
            raise forms.ValidationError(
                _("The file is larger than %(limit)s. Split it, or use manage.py import_orders.")
                % {"limit": limit}
            )
        return upload
