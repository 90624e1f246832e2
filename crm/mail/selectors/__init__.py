from crm.mail.selectors.accounts import account_find, accounts, held_find, held_mails
from crm.mail.selectors.outgoing import outgoing, outgoing_find

__all__ = ["account_find", "accounts", "held_find", "held_mails", "outgoing", "outgoing_find"]
