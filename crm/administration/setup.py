"""The first hour of an installation: the company and its first administrator, once, by whoever may.

Whoever opens a fresh installation first must not own it. So the page asks for a link that only the server's own
command or log tells, unless it is opened on the machine itself.
"""

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from crm.access.grants import ADMINISTRATOR
from crm.access.models import Role
from crm.access.services import presets_create
from crm.audit.services import record
from crm.company.images import raster_kind
from crm.company.models import Company
from crm.company.selectors import forget_company
from crm.money.pasting import Rate
from crm.money.rates import rates_paste
from crm.staff.models import User
from crm.staff.selectors import root_team

log = logging.getLogger(__name__)
SALT = "crm.setup"
GOOD_FOR_SECONDS = 24 * 3600
LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")


class SetUpAlready(Exception):
    """Somebody works here already: the installation has its administrators."""


class Told:
    """Whether this process has written the link to its log."""

    link = False


def is_set_up() -> bool:
    return User.objects.exists()


def setup_path() -> str:
    return f"{reverse('setup')}?token={signing.dumps('setup', salt=SALT)}"


def is_token(text: str) -> bool:
    try:
        return bool(signing.loads(text, salt=SALT, max_age=GOOD_FOR_SECONDS) == "setup")
    except signing.BadSignature:
        return False


def may_set_up(request: HttpRequest, token: str) -> bool:
    """On this very machine, and not through a proxy that stands on it; else with the token."""
    is_proxied = any(name in request.headers for name in FORWARDED)
    if settings.LOOPBACK and not is_proxied and request.META.get("REMOTE_ADDR") in LOOPBACK:
        return True
    if is_token(token):
        return True
    if not Told.link:
        Told.link = True
        base = settings.PUBLIC_URL or "https://your-server"
        log.warning("To set this installation up, open %s%s (good for a day)", base, setup_path())
    return False


@transaction.atomic
def set_up(
    *,
    company: Mapping[str, Any],
    rates: list[Rate],
    logo: "UploadedFile[Any] | None",
    name: str,
    email: str,
    password: str,
) -> User:
    """Write the company and its first administrator. Of two at once one does. Raises SetUpAlready, ValidationError."""
    Company.objects.get_or_create(pk=1, defaults={"name": company["name"]})
    own = Company.objects.select_for_update().get(pk=1)
    if is_set_up():
        raise SetUpAlready
    user = User(email=email.lower(), name=name)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    for field, value in company.items():
        setattr(own, field, value)
    if logo is not None:
        own.logo_kind = raster_kind(logo.file)  # type: ignore[arg-type]
        own.logo.save("logo", logo, save=False)
    own.save()
    forget_company()
    rates_paste(actor=None, rates=rates)
    presets_create()
    user.teams.add(root_team())
    user.roles.add(Role.objects.get(key=ADMINISTRATOR))
    record(actor=user, action="company.company.create", obj=own, after=dict(company))
    record(actor=user, action="staff.user.create", obj=user, after={"email": user.email})
    return user
