"""The newest entries, and the newest of a person, each from an index."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contacts", "0030_mails_of_one_id")]

    operations: list[Any] = [
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["-happened_at", "-id"],
                name="interaction_recent",
                condition=models.Q(deleted_at=None),
            ),
        ),
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["actor", "-happened_at", "-id"],
                name="interaction_of_actor",
                condition=models.Q(deleted_at=None),
            ),
        ),
    ]
