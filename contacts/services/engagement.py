"""Writing tasks, relationships, consents and attachments."""

import secrets
from collections.abc import Mapping
from copy import copy as duplicate
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.choices import MENTION_TEXTS, RelationshipKind
from contacts.models import Attachment, Consent, Customer, Relationship, Task
from contacts.services.about import about, about_check, about_of
from contacts.services.outcome import entry_take_back
from contacts.services.timing import timed
from crm.access.services import field_level, require
from crm.audit.services import record
from crm.notifications.mentions import mentioned_ids, plain
from crm.notifications.services.mentioning import mentions_check, mentions_tell, with_mentions
from crm.records.services import write_changes, write_deletion, write_restoration
from crm.staff.models import User
from crm.staff.selectors import default_team


@transaction.atomic
def task_create(*, actor: User, values: Mapping[str, Any]) -> Task:
    """Add a to-do, call or meeting; without an owner it is the creator's own. What it is about must be seen.

    Raises ValidationError for times that cannot be, and for somebody named in it who may not see it.
    """
    require(actor, "contacts.create_task")
    customer = values.get("customer")
    if customer is not None:
        require(actor, "contacts.view_customer", customer)
    about_check(actor, values, customer)
    owner = values.get("owner") or actor
    if owner != actor:
        require(actor, "contacts.assign_task")
    values = timed(Task(), values, owner)
    task = Task(**{**values, "owner": owner, "team": default_team(owner)})
    named = named_in(task)
    check_named(task, named)
    task.save()
    tell_named(actor, task, named)
    after = {name: value for name, value in values.items() if value not in (None, "")}
    record(actor=actor, action="contacts.task.create", obj=task, after=after)
    return task


def named_in(task: Task) -> set[int]:
    """Who is named in a to-do. Its title is kept as it is read, so names are found there anew."""
    return mentioned_ids(f"{with_mentions(task.title)}\n{task.notes}")


def check_named(task: Task, named: set[int]) -> None:
    seen = [found for found in (task, task.customer, about_of(task)) if found] if named else []
    mentions_check(named, seen, "notes")


def tell_named(actor: User, task: Task, named: set[int]) -> None:
    text = str(MENTION_TEXTS["task"])
    mentions_tell(actor=actor, pks=named, obj=task, text=text, detail=plain(f"{task.title} {task.notes}"))


@transaction.atomic
def task_edit(*, actor: User, task: Task, values: Mapping[str, Any], version: int) -> Task:
    """Change a to-do, call or meeting; who is named anew is told. Raises StaleRecord, ValidationError."""
    require(actor, "contacts.edit_task", task)
    changes = timed(task, values, values.get("owner") or task.owner or actor)
    owner = changes.get("owner")
    if owner is not None and owner != task.owner:
        require(actor, "contacts.assign_task", task)
        changes["team"] = default_team(owner)
    before, draft = named_in(task), duplicate(task)
    for name, value in changes.items():
        setattr(draft, name, value)
    named = named_in(draft) - before
    check_named(draft, named)
    write_changes(actor=actor, obj=task, values=changes, version=version, action="contacts.task.edit")
    tell_named(actor, task, named)
    return task


@transaction.atomic
def task_complete(*, actor: User, task: Task) -> Task:
    """Mark as done; done twice is done once."""
    require(actor, "contacts.complete_task", task)
    if task.done_at is None:
        done = {"done_at": timezone.now()}
        write_changes(actor=actor, obj=task, values=done, version=None, action="contacts.task.complete")
    return task


@transaction.atomic
def task_reopen(*, actor: User, task: Task) -> Task:
    """Open again; what logging it wrote on the timeline is taken back."""
    require(actor, "contacts.reopen_task", task)
    entry_take_back(actor, task)
    again = {"done_at": None, "entry": None}
    return write_changes(actor=actor, obj=task, values=again, version=None, action="contacts.task.reopen")


@transaction.atomic
def task_delete(*, actor: User, task: Task) -> Task:
    require(actor, "contacts.delete_task", task)
    return write_deletion(actor=actor, obj=task, action="contacts.task.delete")


@transaction.atomic
def task_restore(*, actor: User, task: Task) -> Task:
    require(actor, "contacts.restore_task", task)
    return write_restoration(actor=actor, obj=task, action="contacts.task.restore")


@transaction.atomic
def relationship_create(*, actor: User, customer: Customer, other: Customer, kind: str) -> Relationship:
    """Read from left to right: `customer` works for `other`."""
    require(actor, "contacts.edit_customer", customer)
    require(actor, "contacts.view_customer", other)
    check_relationship(customer, other, kind)
    row, created = Relationship.objects.get_or_create(from_customer=customer, to_customer=other, kind=kind)
    if created:
        after = {"kind": kind, "other": other.pk}
        record(actor=actor, action="contacts.customer.relationship_create", obj=customer, after=after)
    return row


def check_relationship(customer: Customer, other: Customer, kind: str) -> None:
    """Only people work, and only at organisations; a household is of people."""
    if customer == other:
        raise ValidationError({"other": _("A customer has no relationship with itself.")})
    if kind == RelationshipKind.WORKS_FOR and (not customer.is_person or other.is_person):
        raise ValidationError({"other": _("Only a person works for somebody, and only for an organisation.")})
    if kind == RelationshipKind.HOUSEHOLD and not (customer.is_person and other.is_person):
        raise ValidationError({"other": _("Only people share a household.")})


@transaction.atomic
def relationship_delete(*, actor: User, customer: Customer, relationship: Relationship) -> None:
    require(actor, "contacts.edit_customer", customer)
    before = {
        "kind": relationship.kind,
        "from": relationship.from_customer_id,
        "to": relationship.to_customer_id,
    }
    relationship.delete()
    record(actor=actor, action="contacts.customer.relationship_delete", obj=customer, before=before)


@transaction.atomic
def consent_create(*, actor: User, customer: Customer, values: Mapping[str, Any]) -> Consent:
    """Add what the customer agreed to or withdrew; earlier entries stay as proof."""
    require(actor, "contacts.edit_customer", customer)
    if field_level(actor, "privacy") != "edit":
        raise PermissionDenied
    consent = Consent.objects.create(customer=customer, recorded_by=actor, **values)
    record(actor=actor, action="contacts.customer.consent_create", obj=customer, after=values)
    return consent


@transaction.atomic
def attachment_create(
    *, actor: User, customer: Customer, upload: "UploadedFile[Any]", obj: models.Model | None = None
) -> Attachment:
    """Keep a file with the customer, or with a record of theirs (`obj`), under a random name.

    Raises ValidationError for one that is too large.
    """
    require(actor, "contacts.edit_customer", customer)
    about_check(actor, about(obj), customer)
    if (upload.size or 0) > settings.ATTACHMENT_LIMIT_BYTES:
        raise ValidationError(
            _("A file may have at most %s MB.") % (settings.ATTACHMENT_LIMIT_BYTES // 2**20)
        )
    attachment = Attachment(customer=customer, name=(upload.name or "file")[-200:], size=upload.size or 0)
    attachment.object_type, attachment.object_id = about(obj).values()
    attachment.uploaded_by = actor
    attachment.file.save(secrets.token_urlsafe(24), upload, save=False)
    attachment.save()
    record(
        actor=actor,
        action="contacts.customer.attachment_create",
        obj=customer,
        after={"name": attachment.name},
    )
    return attachment


@transaction.atomic
def attachment_delete(*, actor: User, attachment: Attachment) -> Attachment:
    """Take the file out of sight; it stays on disk until it is purged."""
    require(actor, "contacts.edit_customer", attachment.customer)
    Attachment.objects.filter(pk=attachment.pk).update(deleted_at=timezone.now())
    before = {"name": attachment.name}
    record(actor=actor, action="contacts.customer.attachment_delete", obj=attachment.customer, before=before)
    return attachment


@transaction.atomic
def attachment_restore(*, actor: User, attachment: Attachment) -> Attachment:
    require(actor, "contacts.edit_customer", attachment.customer)
    Attachment.objects.filter(pk=attachment.pk).update(deleted_at=None)
    after = {"name": attachment.name}
    record(actor=actor, action="contacts.customer.attachment_restore", obj=attachment.customer, after=after)
    return attachment
