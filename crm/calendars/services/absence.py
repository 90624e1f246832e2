"""Out of office: one's own, or a colleague's by those who may."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.calendars.models import Absence
from crm.staff.models import User
from crm.staff.selectors import default_team


@transaction.atomic
def absence_create(
    *,
    actor: User,
    owner: User,
    starts_on: date,
    ends_on: date,
    substitute: User | None = None,
    note: str = "",
) -> Absence:
    """Raises ValidationError when the days are turned round, meet another absence, or the substitute is oneself."""
    require(actor, "calendars.create_absence")
    absence = Absence(
        owner=owner,
        team=default_team(owner),
        starts_on=starts_on,
        ends_on=ends_on,
        substitute=substitute,
        note=note,
    )
    if owner != actor:
        require(actor, "calendars.edit_absence", absence)
    User.objects.select_for_update().get(pk=owner.pk)  # two forms at once do not overlap unseen
    check(absence)
    absence.save()
    after = {"starts_on": starts_on, "ends_on": ends_on, "substitute": substitute, "owner": owner}
    record(actor=actor, action="calendars.absence.create", obj=absence, after=after)
    return absence


def check(absence: Absence) -> None:
    if absence.ends_on < absence.starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})
    if absence.substitute_id == absence.owner_id:
        raise ValidationError({"substitute": _("Nobody can stand in for themselves.")})
    if absence.substitute is not None and not absence.substitute.is_active:
        raise ValidationError({"substitute": _("This person does not work here any more.")})
    others = Absence.objects.filter(
        owner=absence.owner, starts_on__lte=absence.ends_on, ends_on__gte=absence.starts_on
    )
    if (other := others.first()) is not None:
        raise ValidationError(
            {"starts_on": _("These days meet another absence, %s to %s.") % (other.starts_on, other.ends_on)}
        )


@transaction.atomic
def absence_delete(*, actor: User, absence: Absence) -> Absence:
    require(actor, "calendars.delete_absence", absence)
    before = {"starts_on": absence.starts_on, "ends_on": absence.ends_on, "owner": absence.owner}
    record(actor=actor, action="calendars.absence.delete", obj=absence, before=before)
    absence.delete()
    return absence
