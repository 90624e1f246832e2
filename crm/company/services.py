"""Writing the company: its settings and its logo."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.company.images import raster_kind
from crm.company.models import Company
from crm.company.selectors import forget_company
from crm.records.services import write_changes
from crm.staff.models import User


@transaction.atomic
def company_edit(*, actor: User, values: Mapping[str, Any], version: int) -> Company:
    """Change the company's settings; read anew by every request after. Raises StaleRecord, ValidationError."""
    require(actor, "company.edit_company")
    obj = own_row()
    if values.get("currency", obj.currency) != obj.currency:
        check_currency()
    write_changes(actor=actor, obj=obj, values=values, version=version, action="company.company.edit")
    forget_company()
    return obj


def own_row() -> Company:
    """The one row, locked; written here first where nobody set the company up."""
    Company.objects.get_or_create(pk=1, defaults={"name": "Tenure"})
    return Company.objects.select_for_update().get(pk=1)


def check_currency() -> None:
    """What was reckoned in one currency cannot be read in another. Raises ValidationError."""
    counts = ((path, apps.get_model(path)._base_manager) for path, _currency, _day in settings.MONEY_ROWS)
    found = [rows.model._meta.verbose_name_plural for _path, rows in counts if rows.exists()]
    if found:
        text = _("There are %(kinds)s in the present currency, so it stays.")
        raise ValidationError({"currency": text % {"kinds": ", ".join(map(str, found))}})


@transaction.atomic
def logo_set(*, actor: User, upload: "UploadedFile[Any]") -> Company:
    """`upload` was checked by the form. The file of the logo before goes after commit."""
    require(actor, "company.edit_company")
    obj = own_row()
    before = str(obj.logo)
    obj.logo_kind = raster_kind(upload.file)  # type: ignore[arg-type]
    obj.logo.save("logo", upload, save=False)
    obj.save(update_fields=["logo", "logo_kind"])
    return logo_changed(actor, obj, before)


@transaction.atomic
def logo_remove(*, actor: User) -> Company:
    require(actor, "company.edit_company")
    obj = own_row()
    before, obj.logo, obj.logo_kind = str(obj.logo), "", ""
    obj.save(update_fields=["logo", "logo_kind"])
    return logo_changed(actor, obj, before)


def logo_changed(actor: User, obj: Company, before: str) -> Company:
    told = {"logo": bool(obj.logo)}
    record(actor=actor, action="company.company.edit", obj=obj, before={"logo": bool(before)}, after=told)
    if before:
        transaction.on_commit(lambda: obj.logo.storage.delete(before))
    forget_company()
    return obj
