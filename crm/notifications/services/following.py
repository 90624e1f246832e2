"""Following records, and telling the followers what others changed."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, models, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from crm.access.services import field_level
from crm.audit.models import AuditEntry
from crm.jobs.services import enqueue
from crm.notifications.kinds import FOLLOWED
from crm.notifications.models import Follow, FollowedChange, Notification
from crm.notifications.records import declared, parent_key, type_of
from crm.notifications.selectors import Key, Seen, find_seen
from crm.notifications.services.notify import notify
from crm.records.history import SILENT, action_label, changes, known_names
from crm.staff.models import User

FOLLOWERS = """
SELECT object_type, object_id, user_id FROM notifications_follow
WHERE object_type = ANY(%s) AND object_id = ANY(%s)
"""
SAME_WRITE = timedelta(seconds=10)
LONGEST_VALUE = 60


@transaction.atomic
def follow(*, actor: User, object_type: str, pk: int) -> Follow:
    """Be told of what others change about the record. Raises Http404 for one that the person may not see."""
    told = declared(object_type)
    if told is None or not told.can_follow or find_seen(actor, object_type, pk) is None:
        raise Http404
    row, _created = Follow.objects.get_or_create(user=actor, object_type=object_type, object_id=pk)
    return row


@transaction.atomic
def unfollow(*, actor: User, object_type: str, pk: int) -> None:
    """Also of a record that the person may no longer see."""
    Follow.objects.filter(user=actor, object_type=object_type, object_id=pk).delete()


def followed_keys(obj: models.Model) -> list[Key]:
    """The records whose followers hear of a change of this one: itself, and what it hangs on."""
    own, parent = (type_of(obj), obj.pk), parent_key(obj)
    found = [own, parent] if parent else [own]
    return [key for key in found if (told := declared(key[0])) and told.can_follow]


def remember_changes(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """Queue the changes of records that somebody else follows: one query when nobody does, none when nobody can."""
    keys = [(key, entry) for entry, obj in written for key in followed_keys(obj)]
    followed = followed_by_others([(*key, entry.actor_id) for key, entry in keys]) if keys else set()
    if not followed:
        return
    changes = [
        FollowedChange(entry=entry, object_type=key[0], object_id=key[1])
        for key, entry in keys
        if key in followed
    ]
    FollowedChange.objects.bulk_create(changes)
    for pk in sorted({change.object_id for change in changes}):
        enqueue("notifications.tell_followers", pk)


def followed_by_others(keys: Sequence[tuple[str, int, int | None]]) -> set[Key]:
    """Those of the records (type, id, who changed it) that somebody else follows. By hand: every write asks it."""
    actors = {(object_type, pk): actor_id for object_type, pk, actor_id in keys}
    types, ids = {object_type for object_type, _pk in actors}, {pk for _type, pk in actors}
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWERS, [list(types), list(ids)])
        found = cursor.fetchall()
    return {
        (object_type, pk)
        for object_type, pk, user_id in found
        if (object_type, pk) in actors and actors[object_type, pk] != user_id
    }


@transaction.atomic
def followers_tell(object_id: int) -> int:
    """Tell of the queued changes of a record and take them off the queue, both or neither."""
    rows = FollowedChange.objects.select_for_update(skip_locked=True, of=("self",))
    changes = list(
        rows.filter(object_id=object_id).select_related("entry", "entry__actor").order_by("entry_id")
    )
    for change in changes:
        tell_change(change)
    FollowedChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


def tell_change(change: FollowedChange) -> None:
    entry = change.entry
    # locked, so that two changes told at once come to one line
    followers = Follow.objects.select_for_update(of=("self",)).filter(
        object_type=change.object_type, object_id=change.object_id, user__is_active=True
    )
    others = followers.exclude(user_id=entry.actor_id or 0).select_related("user").order_by("pk")
    told_already = told_of(entry, [row.user_id for row in others])
    for row in others:
        seen = find_seen(row.user, entry.object_type, entry.object_id)
        if row.user_id in told_already or seen is None or not is_about(seen, change):
            continue
        tell_follower(row.user, entry, seen, f"{change.object_type}:{change.object_id}")


def told_of(entry: AuditEntry, user_ids: list[int]) -> set[int]:
    """Who was told of this very write already, because they were named in it or given the record."""
    rows = Notification.objects.filter(
        user_id__in=user_ids,
        at__gte=entry.at - SAME_WRITE,
        object_type=entry.object_type,
        object_id=entry.object_id,
    )
    return set(rows.exclude(kind=FOLLOWED).values_list("user_id", flat=True))


def is_about(seen: Seen, change: FollowedChange) -> bool:
    """A part is told to those who may also see the record that they follow."""
    followed = (change.object_type, change.object_id)
    return followed in ((type_of(seen.obj), seen.obj.pk), (type_of(seen.record), seen.record.pk))


def tell_follower(user: User, entry: AuditEntry, seen: Seen, group: str) -> None:
    told = declared(entry.object_type)
    notify(
        user=user,
        kind=FOLLOWED,
        text=change_text(user, entry, seen),
        detail=told.detail(seen.obj) if told else "",
        url=told.url(seen.obj) if told else "/",
        obj=seen.obj,
        actor=entry.actor,
        group=group,
    )


def change_text(user: User, entry: AuditEntry, seen: Seen) -> str:
    """What was done, in words, with what the reader may know: “City → Oslo”, “Tagged: vip”, “Note: created”."""
    told, done = declared(entry.object_type), action_label(entry.action)
    if told and told.parent:
        return _("%(what)s: %(done)s") % {"what": told.word(seen.obj), "done": done.lower()}
    groups: dict[str, str] = getattr(seen.obj, "field_groups", {})
    hidden = SILENT | {key for key, group in groups.items() if field_level(user, group) == "hidden"}
    found = changes(type(seen.obj), entry, known_names([entry]), hidden)
    if entry.action.endswith(".edit"):
        told_values = [f"{change['label']} → {short(change['after'])}" for change in found]
        return ", ".join(told_values) or done
    values = [short(change["after"]) for change in found if change["after"]]
    return f"{done}: {', '.join(values)}" if values else done


def short(value: str) -> str:
    """A value as it stands in a line; a dash for none."""
    return (value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…") or "–"
