"""Writing members of staff."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.models import Role
from crm.access.services import presets_create
from crm.audit.services import record
from crm.staff.models import User
from crm.staff.selectors import root_team


@transaction.atomic
def administrator_create(*, email: str, name: str, password: str) -> User:
    """Add an administrator, from the command line of the server. Raises ValidationError."""
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError(_("Somebody with this e-mail address exists already."))
    user = User(email=email.lower(), name=name)
    user.full_clean(exclude=["password"])
    validate_password(password, user)
    user.set_password(password)
    user.save()
    presets_create()
    user.teams.add(root_team())
    user.roles.add(Role.objects.get(key="administrator"))
    record(actor=None, action="staff.user.create", obj=user, after={"email": user.email})
    return user
