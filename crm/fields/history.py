"""The words of the history of custom fields, and of views."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "fields.field.create": _("Created"),
    "fields.field.edit": _("Edited"),
    "fields.field.delete": _("Deleted"),
    "fields.field.restore": _("Restored"),
    "lists.view.create": _("Created"),
    "lists.view.edit": _("Edited"),
    "lists.view.default": _("Made the default of roles"),
    "lists.view.delete": _("Deleted"),
    "lists.view.restore": _("Restored"),
}
