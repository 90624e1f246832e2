"""What a person wants to be told, and how."""

from collections.abc import Mapping
from datetime import time

from django.db import transaction

from crm.audit.services import record
from crm.notifications.choices import Mail
from crm.notifications.kinds import kind_of
from crm.notifications.models import DigestSetting, KindSetting, Notification
from crm.notifications.selectors import choices_of, digest_setting
from crm.staff.models import User


@transaction.atomic
def settings_edit(*, actor: User, choices: Mapping[str, tuple[bool, str]], digest_at: time) -> None:
    """Write (bell, mail) of the kinds and the time of the digest; what already waits follows the new choice."""
    before = choices_of(actor)
    changed = {kind: choice for kind, choice in choices.items() if choice != before[kind_of(kind).key]}
    for kind, (bell, mail) in changed.items():
        KindSetting.objects.update_or_create(
            user=actor, kind=kind, defaults={"bell": bell, "mail": Mail(mail)}
        )
        waiting = Notification.objects.filter(user=actor, kind=kind, mail=Mail.DIGEST, mailed_at=None)
        if mail != Mail.DIGEST:
            waiting.update(mail=Mail.OFF)
    clock = digest_setting(actor).digest_at
    DigestSetting.objects.update_or_create(user=actor, defaults={"digest_at": digest_at})
    if changed or clock != digest_at:
        record(
            actor=actor,
            action="notifications.settings.edit",
            obj=actor,
            before={kind: before[kind][1] for kind in changed} | {"digest_at": clock},
            after={kind: mail for kind, (_bell, mail) in changed.items()} | {"digest_at": digest_at},
        )
