"""Templates of e-mails: written, shared, and filled with what the sender may see of a customer."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from contacts.choices import Sharing
from contacts.email_fields import labels, nested
from contacts.email_fields import values as field_values
from contacts.models import Customer, EmailSignature, EmailTemplate
from contacts.services.about import about as about_columns
from contacts.services.about import about_check
from crm.access.services import allowed, require
from crm.audit.services import record
from crm.mail.liquid import LiquidProblem, check, names_in, render
from crm.records.services import write_changes, write_deletion, write_restoration
from crm.staff.models import User
from crm.staff.selectors import default_team

#: stands where a field has no value, until somebody writes there
GAP = re.compile(r"\[\[[^\[\]\n]{1,100}\]\]")


class EmptyFields(ValidationError):
    """Fields of a template without a value for this customer; `names` are their labels."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(_("Nothing is known for: %s.") % ", ".join(names))


def template_fill(
    *, actor: User, template_or_text: EmailTemplate | str | tuple[str, str], customer: Customer,
    about: models.Model | None = None, gaps: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """(subject, text) of a template, of a text, or of a subject and a text, for this customer and what it is about.

    Raises EmptyFields if a field that has no value is named outside of `default` and `if`; with `gaps` it is left as
    “[[First name]]” instead, for a person to fill in. Raises Http404 for what the writer may not see, ValidationError
    for a text that cannot be read.
    """
    require(actor, "contacts.view_customer", customer)
    about_check(actor, about_columns(about), customer)
    subject, text = words_of(actor, template_or_text)
    known = field_values(actor, customer, about)
    empty = missing(subject, known) | missing(text, known)
    if empty and not gaps:
        raise EmptyFields([str(labels()[name]) for name in sorted(empty)])
    filled = nested(known | {name: f"[[{labels()[name]}]]" for name in empty})
    try:
        return " ".join(render(subject, filled).split()), render(text, filled).replace("\r", "")
    except LiquidProblem as fault:
        raise ValidationError(str(fault)) from fault


def words_of(actor: User, given: EmailTemplate | str | tuple[str, str]) -> tuple[str, str]:
    if isinstance(given, str):
        return "", given
    if isinstance(given, tuple):
        return given
    if not EmailTemplate.objects.visible_to(actor).filter(pk=given.pk).exists():
        raise Http404
    return given.subject, given.text


def missing(source: str, known: Mapping[str, str]) -> set[str]:
    """The fields without a value that the text needs: those with a `default`, or asked for by an `if`, it does not."""
    try:
        named = names_in(source)
    except LiquidProblem as fault:
        raise ValidationError(str(fault)) from fault
    return {
        name for name in named if name in known and not known[name].strip() and not is_guarded(source, name)
    }


def is_guarded(source: str, name: str) -> bool:
    path = re.escape(name)
    return bool(
        re.search(rf"{path}\s*\|\s*default\b", source)
        or re.search(rf"{{%-?\s*(?:if|elsif|unless|case)\b[^%]*{path}", source)
    )


def gaps_in(text: str) -> list[str]:
    """What a person still has to fill in, and what only a template fills; what is quoted others wrote."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith(">"))
    return list(dict.fromkeys([*GAP.findall(text), *re.findall(r"\{\{[^{}\n]{0,100}\}\}", text)]))


def check_template(values: Mapping[str, Any]) -> None:
    """Raises ValidationError at the field that cannot be read, or names what there is not."""
    faults = {}
    for name in ("subject", "text"):
        try:
            check(values[name], labels())
        except LiquidProblem as fault:
            faults[name] = str(fault)
    if faults:
        raise ValidationError(faults)


def require_sharing(actor: User, sharing: str) -> None:
    """What everybody uses is kept by those who may."""
    if sharing == Sharing.ALL and not allowed(actor, "contacts.edit_emailtemplate"):
        raise ValidationError({"sharing": _("Your role does not let you write templates for everybody.")})


def require_template(actor: User, template: EmailTemplate) -> None:
    """One's own are changed by oneself, shared ones also by those who keep them; 404 for what one cannot see."""
    if template.owner_id == actor.pk:
        require(actor, "contacts.create_emailtemplate")
        return
    if not EmailTemplate.objects.shared_with(actor).filter(pk=template.pk).exists():
        raise Http404
    if not allowed(actor, "contacts.edit_emailtemplate"):
        raise PermissionDenied


@transaction.atomic
def template_create(*, actor: User, values: Mapping[str, Any]) -> EmailTemplate:
    """Raises ValidationError."""
    require(actor, "contacts.create_emailtemplate")
    require_sharing(actor, values["sharing"])
    check_template(values)
    position = (EmailTemplate.objects.aggregate(last=models.Max("position"))["last"] or 0) + 1
    team = default_team(actor)
    template = EmailTemplate.objects.create(owner=actor, team=team, position=position, **values)
    record(actor=actor, action="contacts.emailtemplate.create", obj=template, after=values)
    return template


@transaction.atomic
def template_edit(
    *, actor: User, template: EmailTemplate, values: Mapping[str, Any], version: int
) -> EmailTemplate:
    """Raises StaleRecord, ValidationError."""
    require_template(actor, template)
    require_sharing(actor, values.get("sharing", ""))
    check_template({"subject": template.subject, "text": template.text} | dict(values))
    action = "contacts.emailtemplate.edit"
    return write_changes(actor=actor, obj=template, values=values, version=version, action=action)


@transaction.atomic
def template_delete(*, actor: User, template: EmailTemplate) -> EmailTemplate:
    require_template(actor, template)
    return write_deletion(actor=actor, obj=template, action="contacts.emailtemplate.delete")


@transaction.atomic
def template_restore(*, actor: User, template: EmailTemplate) -> EmailTemplate:
    require_template(actor, template)
    return write_restoration(actor=actor, obj=template, action="contacts.emailtemplate.restore")


@transaction.atomic
def signature_set(*, actor: User, text: str) -> None:
    """What stands under the mails that one begins to write; an empty text is none."""
    if text.strip():
        EmailSignature.objects.update_or_create(user=actor, defaults={"text": text.strip()})
    else:
        EmailSignature.objects.filter(user=actor).delete()
