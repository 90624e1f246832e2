"""The mails of notifications: what is said, and how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.addresses import absolute
from crm.company.selectors import company
from crm.notifications.lines import Line, grouped
from crm.notifications.services.daily import zone_of
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
    return written(subject, said, user, [line], 0)


def digest_mail(user: User, lines: Sequence[Line]) -> Written:
    count = len(lines)
    heading = ngettext("%s thing to know", "%s things to know", count) % count
    shown = lines[:MOST_LINES]
    return written(f"{company().name}: {heading}", heading, user, shown, count - len(shown))


def written(subject: str, heading: str, user: User, lines: Sequence[Line], more: int) -> Written:
    """Times are those of the person's own zone."""
    context: dict[str, Any] = {
        "subject": subject,
        "heading": heading,
        "company": company(),
        "groups": grouped(lines),
        "more": more,
        "site": absolute(""),
        "all_url": absolute(reverse("notifications:list")),
        "settings_url": absolute(reverse("notifications:settings")),
        "why": _("You get this mail because of your settings for notifications."),
    }
    with timezone.override(zone_of(user)):
        text = render_to_string("notifications/mail/lines.txt", context)
        html = render_to_string("notifications/mail/lines.html", context)
    return Written(subject, text, html)
