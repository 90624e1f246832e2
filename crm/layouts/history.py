"""The words of the history of layouts."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "layouts.layout.create": _("Created"),
    "layouts.layout.edit": _("Edited"),
    "layouts.layout.reset": _("Reset"),
    "layouts.layout.restore": _("Restored"),
}
FIELDS = {
    "groups": _("Groups"),
    "hidden_properties": _("Hidden properties"),
    "hidden_tabs": _("Hidden tabs"),
    "hidden_panels": _("Hidden panels"),
}
