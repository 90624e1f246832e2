"""What administrators are told of mail accounts."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.mail.models import MailAccount
from crm.notifications.choices import Mail
from crm.notifications.kinds import NotificationKind
from crm.notifications.services import notify
from crm.staff.selectors import colleagues

MAIL_ACCOUNT = "mail_account"
KINDS = (
    NotificationKind(
        MAIL_ACCOUNT,
        gettext_lazy("Mail accounts"),
        gettext_lazy("A mailbox that the program reads could not be read several times in a row."),
        icon="inbox",
        default_mail=Mail.NOW,
        permission="mail.edit_account",
    ),
)


def problem_tell(account: MailAccount, problem: str) -> None:
    """Everybody who can mend it: of one's own mailbox that is its owner."""
    text = _("%(account)s cannot be read: %(problem)s") % {"account": account, "problem": problem}
    keepers = [account.owner] if account.owner else colleagues()
    for user in keepers:
        if account.owner or grants(user).scope("mail.account", "edit") is Scope.ALL:
            notify(
                user=user,
                kind=MAIL_ACCOUNT,
                text=text,
                url=reverse("mail:account", args=[account.pk]),
                group=f"mail-account-{account.pk}",
            )
