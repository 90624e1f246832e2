from crm.mail.models.account import MailAccount
from crm.mail.models.drop import DropAddress
from crm.mail.models.ignored import IgnoredSender
from crm.mail.models.incoming import IncomingMail, MailThread, RawMail, ThreadMessageId
from crm.mail.models.outgoing import OutgoingMail
from crm.mail.models.place import MailPlace, MailUid

__all__ = [
    "DropAddress",
    "IgnoredSender",
    "IncomingMail",
    "MailAccount",
    "MailPlace",
    "MailThread",
    "MailUid",
    "OutgoingMail",
    "RawMail",
    "ThreadMessageId",
]
