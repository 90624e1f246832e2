from crm.mail.services.outgoing import mail_enqueue, outgoing_cancel, outgoing_retry, outgoing_take_back

__all__ = ["mail_enqueue", "outgoing_cancel", "outgoing_retry", "outgoing_take_back"]
