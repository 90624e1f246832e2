"""The words of what happens to pools."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "assignment.pool.create": _("Pool created"),
    "assignment.pool.edit": _("Pool edited"),
    "assignment.pool.delete": _("Pool deleted"),
    "assignment.pool.set_member": _("Member of a pool changed"),
    "assignment.pool.remove_member": _("Member of a pool removed"),
}
FIELDS = {
    "rule": _("Who is next"),
    "weight": _("Share"),
    "capacity": _("At most open"),
    "skills": _("Skills"),
    "is_paused": _("Takes nothing new"),
}
