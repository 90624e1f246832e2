from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('sales', '0042_price_book_rules_kept')]

    operations = [
        migrations.RemoveField(
            model_name='pricebook',
            name='country',
        ),
        migrations.RemoveField(
            model_name='pricebook',
            name='customer_kind',
        ),
        migrations.RemoveField(
            model_name='pricebook',
            name='rfm_group',
        ),
    ]
