"""The words of a customer's history: what was done, and what is told of that is no field of the customer."""

from django.utils.translation import gettext_lazy as _

from crm.audit.browsing import AuditLink

LABELS = {
    "contacts.customer.create": _("Created"),
    "contacts.customer.edit": _("Edited"),
    "contacts.customer.delete": _("Deleted"),
    "contacts.customer.restore": _("Restored"),
    "contacts.customer.tag": _("Tagged"),
    "contacts.customer.point_create": _("Way to reach them added"),
    "contacts.customer.relationship_create": _("Relationship added"),
    "contacts.customer.relationship_delete": _("Relationship removed"),
    "contacts.customer.attachment_create": _("File added"),
    "contacts.customer.attachment_delete": _("File removed"),
    "contacts.customer.attachment_restore": _("File brought back"),
    "contacts.customer.consent_create": _("Consent recorded"),
    "contacts.customer.point_bounce": _("A mail came back"),
    "contacts.emailmessage.receive": _("Automatic mail stored"),
    "contacts.emailtemplate.create": _("Created"),
    "contacts.emailtemplate.edit": _("Edited"),
    "contacts.emailtemplate.delete": _("Deleted"),
    "contacts.emailtemplate.restore": _("Restored"),
    "contacts.tag.create": _("Created"),
    "contacts.tag.edit": _("Renamed"),
    "contacts.tag.merge": _("Another was merged into it"),
    "contacts.tag.delete": _("Deleted"),
    "contacts.tag.restore": _("Restored"),
    "contacts.interaction.create": _("Created"),
    "contacts.interaction.edit": _("Edited"),
    "contacts.interaction.delete": _("Deleted"),
    "contacts.interaction.restore": _("Restored"),
    "contacts.task.create": _("Created"),
    "contacts.task.edit": _("Edited"),
    "contacts.task.complete": _("Done"),
    "contacts.task.reopen": _("Opened again"),
    "contacts.task.delete": _("Deleted"),
    "contacts.task.restore": _("Restored"),
    "contacts.bookingpage.create": _("Booking page made"),
    "contacts.bookingpage.edit": _("Booking page edited"),
    "contacts.calendarfeed.create": _("Address for another calendar made"),
    "contacts.calendarfeed.revoke": _("Address for another calendar revoked"),
}
FIELDS = {
    "email": _("E-mail"),
    "phone": _("Phone"),
    "web": _("Web"),
    "social": _("Social"),
    "purpose": _("Purpose"),
    "channel": _("Channel"),
    "is_given": _("Given"),
    "wording": _("Wording shown"),
    "into": _("Into"),
    "customers": _("Customers"),
    "entry": _("Entry of the timeline"),
}
LINKS = (AuditLink("contacts.tag", "contacts:tag", "contacts.view_tag"),)
