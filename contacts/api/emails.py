"""The e-mail of an entry of the timeline."""

from typing import Any

from rest_framework import serializers

from contacts.choices import Direction
from contacts.models import Interaction
from crm.api.values import moment_text
from crm.mail.choices import OutgoingState
from crm.staff.models import User


class EmailSerializer(serializers.Serializer):
    """A mail as it was sent or came in; `html` is not cleaned: show it in a frame without rights only."""

    id = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    message_id = serializers.CharField()
    thread = serializers.IntegerField(allow_null=True, help_text="Mails of one conversation share it.")
    sender = serializers.CharField()
    sender_name = serializers.CharField()
    to = serializers.ListField(child=serializers.CharField())
    cc = serializers.ListField(child=serializers.CharField())
    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()
    files = serializers.ListField(child=serializers.CharField())
    is_automatic = serializers.BooleanField()
    is_bounce = serializers.BooleanField()
    happened_at = serializers.DateTimeField()
    state = serializers.ChoiceField(
        choices=OutgoingState.choices,
        allow_blank=True,
        help_text="What became of a mail that was sent from here.",
    )


def email_schema(user: User | None) -> serializers.Field:
    return EmailSerializer()


PLAIN = (
    "id", "direction", "message_id", "sender", "sender_name", "subject", "text", "html", "is_automatic", "is_bounce",
)  # fmt: skip


def email(user: User, entry: Interaction) -> dict[str, Any] | None:
    found = entry.email
    if found is None:
        return None
    return {
        **{name: getattr(found, name) for name in PLAIN},
        "thread": found.thread_id,
        "to": [person["email"] for person in found.to],
        "cc": [person["email"] for person in found.cc],
        "files": [file["name"] for file in found.files],
        "happened_at": moment_text(found.happened_at),
        "state": found.outgoing.state if found.outgoing else "",
    }
