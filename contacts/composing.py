"""The composer and the open tasks of a record's page, for the apps above."""

from typing import Any

from django.db import models
from django.db.models import QuerySet

from contacts.forms import ComposerForm
from contacts.models import Attachment, Task
from contacts.rows import about_task_rows
from contacts.services.about import about
from crm.staff.models import User


def files_about(user: User, obj: models.Model) -> QuerySet[Attachment]:
    """The files kept with a record, as far as the reader may see their customer."""
    rows = Attachment.objects.filter(**about(obj), deleted_at=None)
    return rows.visible_to(user).order_by("-uploaded_at")


def composing(user: User, obj: models.Model) -> dict[str, Any]:
    """What contacts/composer.html and contacts/record_tasks.html show on the page of a record."""
    spoken_of = about(obj)
    key = f"{spoken_of['object_type']}:{spoken_of['object_id']}"
    return {
        "composer": ComposerForm(initial={"kind": "note", "about": key}),
        "tasks": about_task_rows(user, Task(**spoken_of)),
    }
