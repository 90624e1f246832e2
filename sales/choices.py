from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    PLACED = "placed", _("Placed")
    CANCELLED = "cancelled", _("Cancelled")
    RETURNED = "returned", _("Returned")


def status_tone(status: str) -> str:
    """What takes an order out of the count stands out."""
    return "" if status == OrderStatus.PLACED else "warning"
