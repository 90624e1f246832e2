from crm.mail.services.outgoing import (
    mail_enqueue,
    outgoing_cancel,
    outgoing_retry,
    outgoing_send_again,
    outgoing_take_back,
)

__all__ = ["mail_enqueue", "outgoing_cancel", "outgoing_retry", "outgoing_send_again", "outgoing_take_back"]
