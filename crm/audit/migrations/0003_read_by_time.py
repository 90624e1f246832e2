"""Indexes for the browser of the trail, built while writing goes on: the table may be huge."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        AddIndexConcurrently("auditentry", models.Index(fields=["at", "id"], name="audit_newest")),
        AddIndexConcurrently("auditentry", models.Index(fields=["actor", "at", "id"], name="audit_of_actor")),
        AddIndexConcurrently("auditentry", models.Index(fields=["action", "at", "id"], name="audit_of_action")),
        AddIndexConcurrently("auditentry", models.Index(fields=["object_type", "at", "id"], name="audit_of_type")),
        AddIndexConcurrently(
            "auditentry",
            models.Index(
                fields=["ip", "at", "id"], name="audit_of_ip", condition=models.Q(("ip__isnull", False))
            ),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
