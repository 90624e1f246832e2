"""Normalising ways to reach people. Pure, apart from phonenumbers."""

import phonenumbers


def normal_email(text: str) -> str:
    return text.strip().lower()


def normal_phone(text: str, country: str) -> str:
    """E.164. Raises ValueError for what cannot be a phone number in that country."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as fault:
        raise ValueError(text) from fault
    if not phonenumbers.is_possible_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
