"""What people are told of customers, tasks and entries of the timeline."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.notifications.choices import Mail
from crm.notifications.kinds import NotificationKind
from crm.notifications.mentions import plain
from crm.notifications.records import ToldRecord
from crm.notifications.services import notify

TASK_DUE, TASK_SOON, BOOKED = "task_due", "task_soon", "booked"
EMAIL_REPLY, EMAIL_FAILED, CALENDAR = "email_reply", "email_failed", "calendar"
KINDS = (
    NotificationKind(
        TASK_DUE,
        _("Tasks due today"),
        _("In the morning of the day, once."),
        icon="alarm-clock",
        default_mail=Mail.DIGEST,
    ),
    NotificationKind(
        TASK_SOON,
        _("Reminders of calls and meetings"),
        _("As long before as each of them says."),
        icon="bell-ring",
        default_mail=Mail.OFF,
    ),
    NotificationKind(
        BOOKED,
        _("Booked meetings"),
        _("Somebody books, moves or cancels a meeting on your booking page."),
        icon="calendar-check",
        default_mail=Mail.NOW,
    ),
    NotificationKind(
        EMAIL_REPLY,
        _("E-mails from customers"),
        _("A customer of yours writes, or somebody answers a mail of yours."),
        icon="mail",
        default_mail=Mail.OFF,
    ),
    NotificationKind(
        EMAIL_FAILED,
        _("E-mails that did not arrive"),
        _("A mail of yours failed or came back."),
        icon="circle-alert",
        default_mail=Mail.OFF,
    ),
    NotificationKind(
        CALENDAR,
        _("Your other calendar"),
        _("A calendar you connected cannot be reached, or a meeting was moved or deleted there and here."),
        icon="calendar-days",
        default_mail=Mail.OFF,
    ),
)


def calendar_problem_tell(account: Any) -> None:
    """Its owner, who alone can mend it."""
    text = gettext("%(calendar)s cannot be compared: %(problem)s")
    notify(
        user=account.user,
        kind=CALENDAR,
        text=text % {"calendar": account, "problem": account.problem},
        url=reverse("contacts:calendar-account", args=[account.pk]),
        group=f"calendar-{account.pk}",
    )


def calendar_note_tell(account: Any, link: Any) -> None:
    url = reverse("contacts:calendar-account", args=[account.pk])
    notify(user=account.user, kind=CALENDAR, text=link.note, url=url, group=f"calendar-link-{link.pk}")


def customer_url(customer: Any) -> str:
    return reverse("contacts:customer-record", args=[customer.pk])


def task_url(task: Any) -> str:
    return reverse("contacts:task-edit", args=[task.pk])


def interaction_url(entry: Any) -> str:
    address = reverse("contacts:customer-record", args=[entry.customer_id])
    return f"{address}#entry-{entry.kind}-{entry.pk}"


def interaction_kind(entry: Any) -> str | Promise:
    return str(entry.get_kind_display())


RECORDS = (
    ToldRecord("contacts.customer", lambda obj: _("Customer"), customer_url, can_follow=True),
    ToldRecord("contacts.task", lambda obj: _("Task"), task_url, "customer", detail=str),
    ToldRecord(
        "contacts.interaction",
        interaction_kind,
        interaction_url,
        "customer",
        title=lambda obj: plain(obj.summary),
        detail=lambda obj: plain(obj.summary),
    ),
)
