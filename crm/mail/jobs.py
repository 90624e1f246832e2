"""What the jobs of mail are called."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (
    JobKind("mail.send_outgoing", _("Send a mail of the program"), url="mail:outgoing"),
    JobKind("mail.sweep_outgoing", _("Look after mails that wait")),
    JobKind("mail.fetch_due", _("See which mailboxes are due")),
    JobKind("mail.fetch_account", _("Read a mailbox"), url="mail:account"),
    JobKind("mail.check_due", _("See which mailboxes are compared")),
    JobKind("mail.check_account", _("Compare a mailbox with what is stored"), url="mail:account"),
    JobKind("mail.read_mail", _("Read a mail that came in")),
    JobKind("publicforms.sweep", _("Forget who sent public forms")),
)
