"""The services of contacts as the verbs of the API call them: (actor, values), (actor, obj, values, version)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.choices import WRITTEN_KINDS, InteractionKind, PointKind
from contacts.models import Consent, ContactPoint, Customer, Interaction, Relationship, Task
from contacts.services.about import about_check
from contacts.services.customer import (
    customer_create,
    customer_delete,
    customer_edit,
    customer_restore,
    customer_tag,
)
from contacts.services.email import email_send
from contacts.services.engagement import (
    consent_create,
    relationship_create,
    relationship_delete,
    task_complete,
    task_create,
    task_reopen,
    task_restore,
)
from contacts.services.interaction import (
    interaction_create,
    interaction_delete,
    interaction_edit,
    interaction_restore,
)
from contacts.services.points import point_create, point_edit
from crm.fields.catalogue import PREFIX
from crm.staff.models import User

Values = Mapping[str, Any]
#: which kinds of entry have what
HAVE = {
    "direction": (InteractionKind.CALL,),
    "duration_minutes": (InteractionKind.CALL, InteractionKind.MEETING),
}


# --- customers -----------------------------------------------------------------------------------------------------


def create_customer(*, actor: User, values: Values) -> Customer:
    """With its ways to be reached and its tags."""
    given = tidied(values)
    points, tags = list(given.pop("contact_points", ())), given.pop("tags", None)
    if given.get("team") is None:
        given.pop("team", None)
    first = {kind: first_point(points, kind) for kind in (PointKind.EMAIL, PointKind.PHONE)}
    try:
        customer = customer_create(
            actor=actor,
            values=with_custom(given),
            email=first[PointKind.EMAIL],
            phone=first[PointKind.PHONE],
        )
        for point in points:
            point_create(actor=actor, customer=customer, kind=point["kind"], text=point["value"])
    except ValidationError as fault:
        raise at_points(fault) from fault
    if tags:
        customer_tag(actor=actor, customer=customer, names=tags)
    return customer


def tidied(values: Values) -> dict[str, Any]:
    """A name has single spaces."""
    return {**values, "name": " ".join(values["name"].split())} if "name" in values else dict(values)


def first_point(points: list[dict[str, str]], kind: str) -> str:
    """The first of its kind, taken out of the list."""
    found = next((point for point in points if point["kind"] == kind), None)
    if found is None:
        return ""
    points.remove(found)
    return found["value"]


def with_custom(values: Values) -> dict[str, Any]:
    """The columns of a new record: values of custom fields together in one."""
    columns = {key: value for key, value in values.items() if not key.startswith(PREFIX)}
    custom = {key.removeprefix(PREFIX): value for key, value in values.items() if key.startswith(PREFIX)}
    kept = {key: value for key, value in custom.items() if value not in (None, "", [])}
    return {**columns, "custom": kept} if kept else columns


def at_points(fault: ValidationError) -> ValidationError:
    """A way to reach somebody is refused at its list."""
    found = fault.update_error_dict({})
    moved = [name for name in PointKind if name in found]
    if not moved:
        return fault
    return ValidationError({"contact_points": [text for name in moved for text in found[name]]})


def edit_customer(*, actor: User, obj: Customer, values: Values, version: int) -> Customer:
    given = tidied(values)
    tags = given.pop("tags", None)
    customer_edit(actor=actor, customer=obj, values=given, version=version)
    if tags is not None:
        customer_tag(actor=actor, customer=obj, names=tags)
    return obj


def delete_customer(*, actor: User, obj: Customer) -> Customer:
    return customer_delete(actor=actor, customer=obj)


def restore_customer(*, actor: User, obj: Customer) -> Customer:
    return customer_restore(actor=actor, customer=obj)


# --- contact points, relationships, consents ------------------------------------------------------------------------


def create_point(*, actor: User, values: Values) -> ContactPoint:
    try:
        return point_create(
            actor=actor, customer=values["customer"], kind=values["kind"], text=values["value"]
        )
    except ValidationError as fault:
        raise at_value(fault) from fault


def edit_point(*, actor: User, obj: ContactPoint, values: Values, version: int) -> ContactPoint | None:
    text = values.get("value", obj.shown)
    try:
        return point_edit(actor=actor, customer=obj.customer, point=obj, text=text, version=version)
    except ValidationError as fault:
        raise at_value(fault) from fault


def at_value(fault: ValidationError) -> ValidationError:
    return ValidationError({"value": fault.messages})


def delete_point(*, actor: User, obj: ContactPoint) -> None:
    point_edit(actor=actor, customer=obj.customer, point=obj, text="", version=obj.customer.version)


def create_relationship(*, actor: User, values: Values) -> Relationship:
    return relationship_create(
        actor=actor, customer=values["customer"], other=values["other"], kind=values["kind"]
    )


def delete_relationship(*, actor: User, obj: Relationship) -> None:
    relationship_delete(actor=actor, customer=obj.from_customer, relationship=obj)


def create_consent(*, actor: User, values: Values) -> Consent:
    given = {key: value for key, value in values.items() if key != "customer"}
    return consent_create(actor=actor, customer=values["customer"], values=given)


# --- interactions, tasks --------------------------------------------------------------------------------------------


def create_interaction(*, actor: User, values: Values) -> Interaction:
    if values["kind"] == InteractionKind.EMAIL and values.get("to"):
        return send_email(actor=actor, values=values)
    if values["kind"] not in WRITTEN_KINDS:
        raise ValidationError({"kind": _("Only notes, calls and meetings are written by hand.")})
    check_call(values["kind"], values)
    given = {key: value for key, value in values.items() if key not in ("customer", "to")}
    return interaction_create(actor=actor, customer=values["customer"], values=given)


def send_email(*, actor: User, values: Values) -> Interaction:
    """An entry of the kind e-mail that says to whom is a mail that is sent."""
    customer = values["customer"]
    told = {name: values[name] for name in ("object_type", "object_id") if values.get(name)}
    try:
        message = email_send(
            actor=actor,
            customer=customer,
            to=values["to"][0],
            cc=values["to"][1:],
            subject=values["summary"],
            text=values.get("body", ""),
            about=about_check(actor, told, customer),
            key=f"api:{uuid4()}",
        )
    except ValidationError as fault:
        named = {"subject": "summary", "text": "body"}
        faults = fault.update_error_dict({})
        raise ValidationError({named.get(name, name): texts for name, texts in faults.items()}) from fault
    return message.entries.get(customer=customer)


def edit_interaction(*, actor: User, obj: Interaction, values: Values, version: int) -> Interaction:
    check_call(obj.kind, values)
    return interaction_edit(actor=actor, interaction=obj, values=values, version=version)


def check_call(kind: str, values: Values) -> None:
    wrong = [name for name, kinds in HAVE.items() if values.get(name) and kind not in kinds]
    if wrong:
        raise ValidationError(dict.fromkeys(wrong, _("An entry of this kind does not have this.")))


def delete_interaction(*, actor: User, obj: Interaction) -> Interaction:
    return interaction_delete(actor=actor, interaction=obj)


def restore_interaction(*, actor: User, obj: Interaction) -> Interaction:
    return interaction_restore(actor=actor, interaction=obj)


def create_task(*, actor: User, values: Values) -> Task:
    return task_create(actor=actor, values=values)


def complete_task(*, actor: User, obj: Task) -> Task:
    return task_complete(actor=actor, task=obj)


def reopen_task(*, actor: User, obj: Task) -> Task:
    return task_reopen(actor=actor, task=obj)


def restore_task(*, actor: User, obj: Task) -> Task:
    return task_restore(actor=actor, task=obj)
