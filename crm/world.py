"""Countries and languages: codes as they are kept, names in the language of the reader (CLDR, through Babel)."""

from collections.abc import Callable, Iterable
from functools import cache

from babel import Locale, localedata
from django.utils.translation import get_language


def country_name(code: str) -> str:
    """`NO` -> Norway; a code that nobody knows is shown as it is."""
    return _countries(get_language() or "en").get(code, code)


def is_country(code: str) -> bool:
    return code in _countries("en")


def language_name(code: str) -> str:
    """`nb` -> Norwegian Bokmål; a code that nobody knows is shown as it is."""
    return _languages(get_language() or "en").get(code, code)


def country_choices() -> list[tuple[str, str]]:
    return _choices(_countries)


def language_choices() -> list[tuple[str, str]]:
    return _choices(_languages)


def currency_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """`EUR – Euro`, by code."""
    names = Locale.parse(get_language() or "en", sep="-").currencies
    return [(code, f"{code} – {names[code]}" if code in names else code) for code in sorted(codes)]


def _choices(names: Callable[[str], dict[str, str]]) -> list[tuple[str, str]]:
    found = names(get_language() or "en")
    return [("", "–"), *sorted(found.items(), key=lambda item: item[1].casefold())]


@cache
def _countries(language: str) -> dict[str, str]:
    """Two letters and no region of regions: ISO 3166-1, without what CLDR adds for itself."""
    own = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    names = Locale.parse(language, sep="-").territories
    return {
        code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in own
    }


@cache
def _languages(language: str) -> dict[str, str]:
    """The languages with two letters (ISO 639-1) that CLDR describes."""
    names = Locale.parse(language, sep="-").languages
    spoken = {code.partition("_")[0] for code in localedata.locale_identifiers()} - {"root"}
    return {code: name for code, name in names.items() if code in spoken and len(code) == 2}
