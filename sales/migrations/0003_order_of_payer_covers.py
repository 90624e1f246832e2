from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_order_number")]
    operations = [
        migrations.RemoveIndex("order", "order_of_payer"),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=("payer", "placed_on"),
                include=("status", "base_amount", "margin_amount"),
                name="order_of_payer",
            ),
        ),
    ]
