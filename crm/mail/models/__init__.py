from crm.mail.models.account import MailAccount
from crm.mail.models.incoming import IncomingMail, MailThread, RawMail, ThreadMessageId
from crm.mail.models.outgoing import OutgoingMail

__all__ = ["IncomingMail", "MailAccount", "MailThread", "OutgoingMail", "RawMail", "ThreadMessageId"]
