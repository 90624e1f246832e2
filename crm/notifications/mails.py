"""The mails of notifications: what is said, and how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.addresses import absolute
from crm.company.selectors import company
from crm.notifications.lines import Line, grouped
from crm.staff.models import User

MOST_LINES = 50


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def one_mail(user: User, line: Line) -> Written:
    said = ": ".join(filter(None, (line.actor_name, line.text)))
    subject = f"{said} ({line.record_name})" if line.record_name else said
    return written(subject, user, [line], 0)


def digest_mail(user: User, lines: Sequence[Line]) -> Written:
    count = len(lines)
    subject = ngettext("%(company)s: %(count)s thing to know", "%(company)s: %(count)s things to know", count)
    shown = lines[:MOST_LINES]
    return written(subject % {"company": company().name, "count": count}, user, shown, count - len(shown))


def written(subject: str, user: User, lines: Sequence[Line], more: int) -> Written:
    context: dict[str, Any] = {
        "subject": subject,
        "user": user,
        "company": company(),
        "groups": grouped(lines),
        "more": more,
        "site": absolute(""),
        "all_url": absolute(reverse("notifications:list")),
        "settings_url": absolute(reverse("notifications:settings")),
        "why": _("You get this mail because of your settings for notifications."),
    }
    return Written(
        subject,
        render_to_string("notifications/mail/lines.txt", context),
        render_to_string("notifications/mail/lines.html", context),
    )
