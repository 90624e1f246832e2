"""Inviting colleagues: a row with a state, a signed link that is good once and for some days."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.models import Role
from crm.access.services import require
from crm.audit.services import record
from crm.company.reading import long_day
from crm.company.selectors import company
from crm.mail.services.outgoing import mail_enqueue
from crm.staff.invite_links import accept_path
from crm.staff.models import Invite, Team, User
from crm.staff.services.people import names, require_gift

GOOD_FOR = timedelta(days=7)


class InviteOver(Exception):
    """The link is no longer good; `reason` is accepted, revoked, expired or replaced."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def invite_create(
    *, actor: User, email: str, name: str, teams: Iterable[Team], roles: Iterable[Role], base_url: str
) -> Invite:
    """Write the invitation and its mail. Raises ValidationError for an address that is known already."""
    require(actor, "staff.invite_user")
    email, chosen, groups = email.strip().lower(), list(roles), list(teams)
    require_gift(actor, chosen)
    check_unknown(email)
    invite = Invite(
        email=email,
        name=name,
        invited_by=actor,
        nonce=secrets.token_urlsafe(32),
        expires_at=timezone.now() + GOOD_FOR,
    )
    try:
        with transaction.atomic():
            invite.save()
    except IntegrityError:
        raise ValidationError({"email": already_invited(email)}) from None
    invite.teams.set(groups)
    invite.roles.set(chosen)
    told = {"email": email, "teams": names(groups), "roles": names(chosen)}
    record(actor=actor, action="staff.invite.create", obj=invite, after=told)
    send(invite, actor, base_url)
    return invite


def check_unknown(email: str) -> None:
    known = User.objects.filter(email__iexact=email).first()
    if known and known.is_active:
        raise ValidationError({"email": _("%(name)s works here already.") % {"name": known}})
    if known:
        text = _("%(name)s worked here before and was deactivated. Activate the account again instead.")
        raise ValidationError({"email": text % {"name": known}})
    if Invite.objects.filter(email__iexact=email, state=Invite.State.WAITING).exists():
        raise ValidationError({"email": already_invited(email)})


def already_invited(email: str) -> str:
    return _("%(email)s is invited already. Send that invitation again instead.") % {"email": email}


def send(invite: Invite, actor: User, base_url: str) -> None:
    invite.sent += 1
    invite.save(update_fields=["sent"])
    words = {
        "who": str(actor),
        "company": company().name,
        "link": base_url.rstrip("/") + accept_path(invite),
        "day": long_day(timezone.localtime(invite.expires_at).date()),
    }
    mail_enqueue(
        to=invite.email,
        subject=_("%(who)s invites you to %(company)s") % words,
        text=_(
            "%(who)s invites you to work with %(company)s in Tenure.\n\n"
            "Choose a password and you are in:\n%(link)s\n\n"
            "The link is good once, until %(day)s. If you did not expect it, do nothing.\n"
        )
        % words,
        kind="invite",
        key=f"invite:{invite.pk}:{invite.sent}",
        actor=actor,
    )


@transaction.atomic
def invite_resend(*, actor: User, invite: Invite, base_url: str) -> Invite:
    """Send a fresh link, good for another week; links sent before no longer are. Raises ValidationError."""
    require(actor, "staff.invite_user")
    locked = waiting(invite)
    require_gift(actor, locked.roles.all())
    locked.nonce, locked.expires_at = secrets.token_urlsafe(32), timezone.now() + GOOD_FOR
    locked.save(update_fields=["nonce", "expires_at"])
    record(actor=actor, action="staff.invite.resend", obj=locked, after={"expires_at": locked.expires_at})
    send(locked, actor, base_url)
    return locked


@transaction.atomic
def invite_revoke(*, actor: User, invite: Invite) -> Invite:
    """The link is good no more. Raises ValidationError."""
    require(actor, "staff.invite_user")
    locked = waiting(invite)
    locked.state = Invite.State.REVOKED
    locked.save(update_fields=["state"])
    told = {"state": locked.state}
    record(actor=actor, action="staff.invite.revoke", obj=locked, before={"state": "waiting"}, after=told)
    return locked


def waiting(invite: Invite) -> Invite:
    locked = Invite.objects.select_for_update(of=("self",)).get(pk=invite.pk)
    if locked.state != Invite.State.WAITING:
        raise ValidationError(_("This invitation was accepted or revoked already."))
    return locked


def check_good(invite: Invite) -> None:
    """Raises InviteOver."""
    if invite.state != Invite.State.WAITING:
        raise InviteOver(invite.state)
    if invite.is_expired:
        raise InviteOver("expired")


@transaction.atomic
def invite_accept(*, invite: Invite, nonce: str, name: str, password: str) -> User:
    """Make the account that was invited; a link used twice makes one. Raises InviteOver, ValidationError."""
    locked = Invite.objects.select_for_update(of=("self",)).get(pk=invite.pk)
    if locked.nonce != nonce:
        raise InviteOver("replaced")  # a newer link was sent
    check_good(locked)
    user = User(email=locked.email, name=name)
    validate_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise InviteOver("accepted") from None
    user.teams.set(locked.teams.all())
    user.roles.set(locked.roles.all())
    locked.state, locked.accepted_by = Invite.State.ACCEPTED, user
    locked.save(update_fields=["state", "accepted_by"])
    told = {"email": user.email, "teams": names(user.teams.all()), "roles": names(user.roles.all())}
    record(actor=user, action="staff.user.create", obj=user, after=told)
    record(actor=user, action="staff.invite.accept", obj=locked, after={"state": locked.state})
    return user
