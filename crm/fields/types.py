"""The types a field of a record can have, built in or custom."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FieldType(TextChoices):
    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    LINK = "link", _("Link")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money")
    SHARE = "share", _("Percentage")
    DATE = "date", _("Date")
    MOMENT = "moment", _("Date and time")
    CHOICE = "choice", _("Choice")
    CHOICES = "choices", _("Several choices")
    YES_NO = "yes_no", _("Yes or no")
    PERSON = "person", _("Colleague")
    TEAM = "team", _("Team")
    RECORD = "record", _("Record")


NUMERIC = {FieldType.NUMBER, FieldType.MONEY, FieldType.SHARE}
DATED = {FieldType.DATE, FieldType.MOMENT}
WORDED = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LINK}
#: those whose value is the key of another row
KEYED = {FieldType.PERSON, FieldType.TEAM, FieldType.RECORD}
