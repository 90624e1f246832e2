import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('sales', '0031_win_model')]

    operations = [
        migrations.AddField(
            model_name='pricebook',
            name='priority',
            field=models.PositiveSmallIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(999)], verbose_name='priority'),
        ),
        migrations.AddField(
            model_name='pricebook',
            name='rule',
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name='who gets it'),
        ),
        migrations.AddIndex(
            model_name='pricebook',
            index=models.Index(fields=['priority', 'id'], name='price_book_by_priority'),
        ),
    ]
