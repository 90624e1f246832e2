from crm.mail.services.outgoing import mail_enqueue, outgoing_cancel, outgoing_retry

__all__ = ["mail_enqueue", "outgoing_cancel", "outgoing_retry"]
