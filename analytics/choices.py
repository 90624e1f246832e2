from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Measure(TextChoices):
    REVENUE = "revenue", _("Revenue")
    MARGIN = "margin", _("Margin")


class RunState(TextChoices):
    PREDICTED = "predicted", _("Predicted")
    NO_DROPOUT = "no_dropout", _("Drop-out not detectable")
    TOO_LITTLE_DATA = "too_little_data", _("Too little data")
    NO_ORDERS = "no_orders", _("No orders")
    FAILED = "failed", _("Failed")


class Lack(TextChoices):
    """Why there is no prediction, said in words on the page."""

    NONE = "", _("Nothing lacks")
    PAYERS = "payers", _("too few customers with an order")
    REPEATS = "repeats", _("too few customers who bought again")
    HISTORY = "history", _("too short a history")
    FIT = "fit", _("the model could not be fitted")


class Model(TextChoices):
    MBG_NBD = "mbg_nbd", _("MBG/NBD")
    PARETO_NBD = "pareto_nbd", _("Pareto/NBD")
    LOGISTIC = "logistic", _("Logistic regression")
    RECENCY_ONLY = "recency_only", _("Recency only")
