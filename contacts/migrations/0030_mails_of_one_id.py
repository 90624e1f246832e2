"""Programs that give all their mails one Message-ID: each of them is kept."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("contacts", "0020_connected_calendars")]

    operations = [
        migrations.RemoveConstraint(model_name="emailmessage", name="email_message_once"),
        AddIndexConcurrently(
            model_name="emailmessage",
            index=models.Index(fields=["message_id", "sender"], name="email_of_message_id"),
        ),
    ]
