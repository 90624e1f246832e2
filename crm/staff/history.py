"""The words of what happens to people, teams and roles."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "staff.user.create": _("Account created"),
    "staff.user.edit": _("Account edited"),
    "staff.user.assign": _("Teams or roles changed"),
    "staff.user.deactivate": _("Account deactivated"),
    "staff.user.reactivate": _("Account activated again"),
    "staff.user.hand_over": _("Records handed over"),
    "staff.invite.create": _("Invited"),
    "staff.invite.resend": _("Invitation sent again"),
    "staff.invite.revoke": _("Invitation revoked"),
    "staff.invite.accept": _("Invitation accepted"),
    "staff.team.create": _("Team created"),
    "staff.team.edit": _("Team edited"),
    "staff.team.delete": _("Team deleted"),
    "access.role.create": _("Role created"),
    "access.role.edit": _("Role edited"),
    "access.role.copy": _("Role copied"),
    "access.role.delete": _("Role deleted"),
    "access.preview.begin": _("Began to see as"),
    "access.preview.end": _("Stopped seeing as"),
    "company.company.create": _("Company set up"),
    "company.company.edit": _("Company settings edited"),
    "money.rate.create": _("Exchange rate added"),
    "money.rate.edit": _("Exchange rate changed"),
    "money.rate.delete": _("Exchange rate removed"),
    "money.rate.paste": _("Exchange rates pasted"),
    "jobs.job.cancel": _("Job cancelled"),
    "jobs.job.retry": _("Job tried again"),
}
FIELDS = {
    "teams": _("Teams"),
    "roles": _("Roles"),
    "matrix": _("Permissions"),
    "field_groups": _("Field groups"),
    "parent": _("Part of"),
    "sees_as": _("Seen as"),
    "records": _("Records"),
    "colleague": _("Colleague"),
    "expires_at": _("Good until"),
}
