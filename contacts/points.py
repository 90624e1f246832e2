"""Normalising ways to reach people. Pure, apart from phonenumbers and Django's validators."""

from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from contacts.choices import PointKind

web_address = URLValidator(schemes=("http", "https"))


@dataclass(frozen=True, slots=True)
class Reach:
    """`value` is what is compared (lower-cased e-mail, E.164 phone), `shown` what people read."""

    value: str
    shown: str


def read_point(kind: str, text: str, country: str) -> Reach:
    """A way to reach somebody in that country as it is kept. Raises ValidationError in plain words."""
    text = text.strip()
    if kind == PointKind.EMAIL:
        validate_email(normal_email(text))
        return Reach(normal_email(text), text)
    if kind == PointKind.PHONE:
        return read_phone(text, country)
    if kind == PointKind.WEB:
        address = text if "://" in text else f"https://{text}"
        web_address(address)
        return Reach(address, text)
    return Reach(text, text)


def normal_email(text: str) -> str:
    return text.strip().lower()


def read_phone(text: str, country: str) -> Reach:
    """E.164, shown in the international way: with the country's code and in groups."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as fault:
        raise ValidationError(_("This is not a phone number.")) from fault
    if any(letter.isalpha() for letter in text) and not phonenumbers.is_valid_number(number):
        raise ValidationError(_("This is not a phone number."))
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValidationError(_("This is not a phone number."))
    formats = phonenumbers.PhoneNumberFormat
    return Reach(
        phonenumbers.format_number(number, formats.E164),
        phonenumbers.format_number(number, formats.INTERNATIONAL),
    )
