from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0004_wider_amounts")]
    operations = [
        migrations.RemoveIndex("order", "order_of_customer"),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=("customer", "-placed_at", "-id"),
                include=("placed_on", "status", "base_amount"),
                name="order_of_customer",
            ),
        ),
    ]
