"""What the owner of a connected calendar says: put this event on the record, do that with a meeting deleted there."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.choices import GoneAnswer, PointKind, TaskKind
from contacts.models import CalendarLink, CalendarTime, Customer, Task
from contacts.selectors import customers
from contacts.services.engagement import task_create, task_delete
from crm.staff.models import User

SHORTEST = timedelta(minutes=15)


def time_find(user: User, pk: int) -> CalendarTime:
    """A time of one's own calendars. Raises Http404 for every other."""
    rows = CalendarTime.objects.select_related("event", "account", "task")
    found = rows.filter(pk=pk, account__user=user).first()
    if found is None:
        raise Http404
    return found


def attendees_known(user: User, time: CalendarTime) -> list[Customer]:
    """The customers who take part, as far as the person may see them."""
    addresses = time.event.addresses
    if not addresses:
        return []
    rows = customers(user).filter(contact_points__kind=PointKind.EMAIL, contact_points__value__in=addresses)
    return list(rows.distinct().order_by("name", "pk")[:20])


@transaction.atomic
def time_adopt(*, actor: User, time: CalendarTime, customer: Customer | None) -> Task:
    """Make it a meeting of ours. It stays there as it is; moved there, a single one moves here too.

    Adopted twice is adopted once. Raises ValidationError.
    """
    time = (
        CalendarTime.objects.select_for_update(of=("self",))
        .select_related("event", "account")
        .get(pk=time.pk)
    )
    if time.account.user_id != actor.pk:
        raise Http404
    if time.task is not None and time.task.deleted_at is None:
        return time.task
    if time.is_all_day:
        raise ValidationError(_("An event of whole days is no meeting: give it a time there first."))
    ends_at = max(time.ends_at, time.starts_at + SHORTEST)
    values = {
        "title": time.title,
        "kind": TaskKind.MEETING,
        "starts_at": time.starts_at,
        "ends_at": ends_at,
        "location": time.event.location,
        "customer": customer,
    }
    task = task_create(actor=actor, values=values)
    CalendarTime.objects.filter(pk=time.pk).update(task=task)
    CalendarLink.objects.create(
        account=time.account,
        task=task,
        href=time.event.href,
        etag=time.event.etag,
        version=task.version,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        is_adopted=True,
    )
    return task


def link_find(user: User, pk: int) -> CalendarLink:
    found = CalendarLink.objects.select_related("task", "account").filter(pk=pk, account__user=user).first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def gone_answer(*, actor: User, link: CalendarLink, answer: str) -> None:
    """Deleted there: delete it here too, write it there again, or keep it here alone. For a mere note: it was read."""
    if link.account.user_id != actor.pk:
        raise Http404
    if link.gone_at is not None and answer == GoneAnswer.DELETE:
        task_delete(actor=actor, task=link.task)
        link.delete()
    elif link.gone_at is not None and answer == GoneAnswer.AGAIN:
        link.delete()
        type(link.account).objects.filter(pk=link.account_id).update(due_at=timezone.now())
    else:
        CalendarLink.objects.filter(pk=link.pk).update(note="", noted_at=None)
