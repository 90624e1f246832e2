"""The most valuable customers who will more likely leave than stay, and who is not deleted, each from an index."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contacts", "0002_search_rows_without_organisation")]

    operations: list[Any] = [
        AddIndexConcurrently(
            "customer",
            models.Index(fields=["id"], name="customer_alive", condition=models.Q(deleted_at=None)),
        ),
        AddIndexConcurrently(
            "customervalue",
            models.Index(
                fields=["-lifetime_value", "customer"],
                name="value_at_risk",
                include=["churn_risk"],
                condition=models.Q(churn_risk__gte=0.5),
            ),
        ),
    ]
