"""Who is in sequences, as the API offers it: enrolled, paused, taken up again, taken out."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crm.api.inputs import RowField, TextField
from crm.api.resources import Action, Input, Resource
from crm.staff.models import User
from sales.models import Enrolment
from sales.sequence_selectors import sequences
from sales.services.enrolment import (
    enrolment_pause,
    enrolment_resume,
    enrolment_skip,
    enrolment_stop,
    sequence_enrol,
)

ENROL = "sales.enrol_sequence"


def sequence(user: User | None) -> serializers.Field:
    rows = None if user is None else sequences(user).filter(is_on=True)
    return RowField(rows, help_text=gettext_lazy("The id of a sequence that is switched on."))


def address(user: User | None) -> serializers.Field:
    words = gettext_lazy("The customer's primary one, unless it says another one.")
    return TextField(max_length=320, required=False, help_text=words)


def create_enrolment(*, actor: User, values: Mapping[str, Any]) -> Enrolment:
    return sequence_enrol(
        actor=actor,
        customer=values["customer"],
        sequence=values["sequence_id"],
        address=values.get("write_to", ""),
    )


def pause(*, actor: User, obj: Enrolment) -> Enrolment:
    return enrolment_pause(actor=actor, enrolment=obj)


def resume(*, actor: User, obj: Enrolment) -> Enrolment:
    return enrolment_resume(actor=actor, enrolment=obj)


def skip(*, actor: User, obj: Enrolment) -> Enrolment:
    return enrolment_skip(actor=actor, enrolment=obj)


def stop(*, actor: User, obj: Enrolment) -> Enrolment:
    return enrolment_stop(actor=actor, enrolment=obj)


ENROLMENTS = Resource(
    name="enrolments",
    kind="sales.enrolment",
    one="Enrolment",
    scopes=("sales.sequence",),
    create=create_enrolment,
    creates=("customer",),
    requires=("customer",),
    inputs=(Input("sequence_id", sequence), Input("write_to", address)),
    actions=(
        Action("pause", pause, gettext_lazy("Nothing more goes out until it is taken up again")),
        Action("resume", resume, gettext_lazy("Go on at the step where it stopped")),
        Action("skip", skip, gettext_lazy("Leave out the step that comes next")),
        Action("stop", stop, gettext_lazy("Take the customer out of the sequence")),
    ),
    permissions=dict.fromkeys(("create", "pause", "resume", "skip", "stop"), ENROL),
    select=("customer", "sequence", "step", "sender"),
)
