"""Making, renaming, merging and deleting tags; views and automations that name one go on with it."""

from collections.abc import Callable, Iterator
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Customer, Tag
from contacts.services.tag_names import check_name
from contacts.tag_uses import CUSTOMER, NAMED, rule_into, steps_into
from crm.access.services import require
from crm.audit.services import record
from crm.automation.choices import RunState
from crm.automation.models import Automation, AutomationRun
from crm.automation.services.saving import version_write
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.lists.models import View
from crm.records.services import changed_fields, write_changes, write_deletion, write_restoration
from crm.staff.models import User

#: with so many customers a merge is done at once
AT_ONCE = 2_000
BATCH = 2_000
GONE = gettext_lazy("One of the two tags is gone. Nothing was merged.")
HELD = Customer.tags.through.objects
Report = Callable[[int, int], None]


@transaction.atomic
def tag_create(*, actor: User, name: str) -> Tag:
    """Raises NameTaken."""
    require(actor, "contacts.create_tag")
    check_name(name)
    tag = Tag.objects.create(name=name)
    record(actor=actor, action="contacts.tag.create", obj=tag, after={"name": name})
    return tag


@transaction.atomic
def tag_edit(*, actor: User, tag: Tag, name: str, version: int) -> Tag:
    """Rename it, everywhere at once. Raises NameTaken, StaleRecord."""
    require(actor, "contacts.edit_tag")
    check_name(name, tag)
    old = tag.name
    write_changes(actor=actor, obj=tag, values={"name": name}, version=version, action="contacts.tag.edit")
    if old != name:
        go_on_with(actor, tag, old, name, tag)
    return tag


def tag_merge(*, actor: User, tag: Tag, into: Tag) -> Job | None:
    """Whoever carries `tag` carries `into` instead. With many customers a job does it. Raises ValidationError."""
    require(actor, "contacts.merge_tag")
    if tag.pk == into.pk:
        raise ValidationError(_("Choose another tag."))
    if HELD.filter(tag=tag)[: AT_ONCE + 1].count() > AT_ONCE:
        return enqueue("contacts.merge_tag", tag.pk, actor=actor, payload={"into": into.pk})
    if not tag_merge_end(actor=actor, tag=tag, into=into):
        raise ValidationError(GONE)
    return None


def tag_merge_long(*, actor: User, tag: Tag, into: Tag, report: Report) -> int:
    """As a job: first everybody gets the new tag, some at a time; nobody loses the old one before the end."""
    require(actor, "contacts.merge_tag")
    lacking = list(lacking_ids(tag, into))
    for done, part in enumerate(parts(iter(lacking))):
        give(into, part)
        report(min((done + 1) * BATCH, len(lacking)), len(lacking))
    tag_merge_end(actor=actor, tag=tag, into=into)  # nothing is left to do where another worker was faster
    return len(lacking)


@transaction.atomic
def tag_merge_end(*, actor: User, tag: Tag, into: Tag) -> bool:
    """All that is left to do, in one transaction; False when `tag` is gone. Raises ValidationError without `into`."""
    locked = Tag.objects.select_for_update().filter(pk__in=(tag.pk, into.pk)).in_bulk()
    if tag.pk not in locked:
        return False
    if into.pk not in locked:
        raise ValidationError(GONE)
    old, new = locked[tag.pk], locked[into.pk]
    for part in parts(lacking_ids(old, new)):
        give(new, part)
    count = HELD.filter(tag=old).delete()[0]
    go_on_with(actor, old, old.name, new.name, new)
    told = {"name": old.name, "into": new.name, "customers": count}
    record(actor=actor, action="contacts.tag.merge", obj=new, after=told)
    old.delete()
    return True


def lacking_ids(tag: Tag, into: Tag) -> Iterator[int]:
    """The customers with one tag who lack the other."""
    there = HELD.filter(tag=into).values("customer_id")
    missing = HELD.filter(tag=tag).exclude(customer_id__in=there).values_list("customer_id", flat=True)
    return iter(missing.iterator(chunk_size=10_000))


def parts(ids: Iterator[int]) -> Iterator[list[int]]:
    while part := list(islice(ids, BATCH)):
        yield part


def give(tag: Tag, ids: list[int]) -> None:
    rows = [HELD.model(customer_id=pk, tag_id=tag.pk) for pk in ids]
    HELD.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def tag_delete(*, actor: User, tag: Tag) -> Tag:
    """Take it off every customer; `tag_restore` brings it back to them."""
    require(actor, "contacts.delete_tag")
    return write_deletion(actor=actor, obj=tag, action="contacts.tag.delete")


@transaction.atomic
def tag_restore(*, actor: User, tag: Tag) -> Tag:
    """Raises NameTaken."""
    require(actor, "contacts.restore_tag")
    check_name(tag.name)
    return write_restoration(actor=actor, obj=tag, action="contacts.tag.restore")


def go_on_with(actor: User, tag: Tag, old: str, new: str, into: Tag) -> None:
    """Views and automations that speak of the tag speak of it by its new name, or of another; deleted ones too."""
    for view in View.objects.select_for_update().order_by("pk"):
        is_named = view.kind == CUSTOMER and view.params.get(NAMED) == old
        params = {**view.params, NAMED: new} if is_named else view.params
        values = {"params": params, "rule": asked_of(view.kind, view.rule, tag, into)}
        if changed_fields(view, values):
            write_changes(actor=actor, obj=view, values=values, version=None, action="lists.view.edit")
    for automation in (
        Automation.objects.select_for_update(of=("self",)).select_related("owner").order_by("pk")
    ):
        automation_goes_on(actor, automation, steps_into(automation.actions, old, new), tag, into)


def asked_of(kind: str, rule: object, tag: Tag, into: Tag) -> object:
    return rule if tag.pk == into.pk else rule_into(kind, rule, tag, into)


def automation_goes_on(
    actor: User, automation: Automation, actions: list[dict[str, object]], tag: Tag, into: Tag
) -> None:
    """A new version of it, with the same rights as before; what waits for its turn is done by the new one."""
    values = {"actions": actions, "rule": asked_of(automation.kind, automation.rule, tag, into)}
    if not changed_fields(automation, values):
        return
    write_changes(
        actor=actor, obj=automation, values=values, version=None, action="automation.automation.edit"
    )
    newest = automation.versions.order_by("-number").first()
    version_write(actor, automation)
    waiting = AutomationRun.objects.filter(
        automation=automation, version=newest, state__in=(RunState.WAITING, RunState.HELD)
    )
    waiting.update(version=automation.versions.get(number=automation.number))
