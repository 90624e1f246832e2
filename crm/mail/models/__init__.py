from crm.mail.models.outgoing import OutgoingMail

__all__ = ["OutgoingMail"]
