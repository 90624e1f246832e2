"""What the models need to know of each payer, kept up to date so that no refresh reads all orders."""

from django.db import models


class PayerStatistics(models.Model):
    """Sufficient statistics of a payer's placed orders, one purchase per calendar day.

    Money is in the company's currency and in the measure of the settings (revenue or margin), as double precision:
    these feed estimates, they are not the ledger.
    """

    customer = models.OneToOneField(
        "contacts.Customer",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="payer_statistics",
        db_constraint=False,
    )
    first_on = models.DateField()
    last_on = models.DateField()
    purchase_days = models.IntegerField()
    orders = models.IntegerField()
    amount = models.FloatField()
    repeat_amount = models.FloatField()
    recent_amount = models.FloatField()

    def __str__(self) -> str:
        return f"statistics of payer {self.customer_id}"
