import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import crm.texts


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0043_price_book_rules_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DiscountApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn'), ('replaced', 'Overtaken')], default='asked', max_length=9, verbose_name='state')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='asked')),
                ('word', models.CharField(blank=True, max_length=1000, validators=[crm.texts.visible], verbose_name='why')),
                ('terms', models.JSONField(default=list)),
                ('rate', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='discount %')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('list_amount', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='by the price book')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='sold for')),
                ('margin_share', models.FloatField(blank=True, null=True, verbose_name='margin')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('reason', models.CharField(blank=True, max_length=1000, validators=[crm.texts.visible], verbose_name='reason')),
            ],
            options={
                'verbose_name': 'discount approval',
            },
        ),
        migrations.AddField(
            model_name='deal',
            name='approval',
            field=models.CharField(blank=True, choices=[('', 'Not needed'), ('needed', 'Needs approval'), ('asked', 'Approval asked for'), ('approved', 'Approved'), ('rejected', 'Approval refused')], editable=False, max_length=8, verbose_name='discount approval'),
        ),
        migrations.AddField(
            model_name='dealline',
            name='book_amount',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='price of the book'),
        ),
        migrations.AddField(
            model_name='discountlimit',
            name='margin_rate',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='margin of at least %'),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='book_amount',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='price of the book'),
        ),
        migrations.AddConstraint(
            model_name='discountlimit',
            constraint=models.CheckConstraint(condition=models.Q(('margin_rate', None), models.Q(('margin_rate__gte', 0), ('margin_rate__lte', 100)), _connector='OR'), name='discount_limit_margin_is_share', violation_error_message='A margin lies between 0 and 100 per cent.'),
        ),
        migrations.AddField(
            model_name='discountapproval',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='discountapproval',
            name='deal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='sales.deal', verbose_name='deal'),
        ),
        migrations.AddField(
            model_name='discountapproval',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='discountapproval',
            name='quote',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='sales.quote', verbose_name='quote'),
        ),
        migrations.AddIndex(
            model_name='discountapproval',
            index=models.Index(fields=['deal', '-id'], name='approval_of_deal'),
        ),
        migrations.AddIndex(
            model_name='discountapproval',
            index=models.Index(fields=['-asked_at', '-id'], name='approval_recent'),
        ),
        migrations.AddIndex(
            model_name='discountapproval',
            index=models.Index(fields=['-rate', '-id'], name='approval_by_rate'),
        ),
        migrations.AddConstraint(
            model_name='discountapproval',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('deal',), name='approval_asked_once'),
        ),
    ]
