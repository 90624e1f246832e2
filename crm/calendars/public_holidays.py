"""Public holidays of countries and regions, as the library `holidays` knows them."""

from datetime import date
from functools import cache, lru_cache

import holidays
from django.utils.translation import get_language

Days = dict[date, str]


@cache
def countries() -> frozenset[str]:
    """Countries (ISO 3166-1, two letters) whose holidays are known."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)


@cache
def regions(country: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of the parts of a country that have holidays of their own."""
    if country not in countries():
        return ()
    known = holidays.list_supported_countries(include_aliases=False).get(country, [])
    names = {code: name for name, code in holidays.country_holidays(country).subdivisions_aliases.items()}
    return tuple(sorted(((code, names.get(code, code)) for code in known), key=lambda item: item[1]))


def public_holidays(country: str, region: str, year: int) -> Days:
    """{day: name}, in the reader's language where the library speaks it; empty for a country it does not know."""
    return days_of(country, region, year, get_language() or "en")


@lru_cache(maxsize=512)
def days_of(country: str, region: str, year: int, language: str) -> Days:
    if country not in countries():
        return {}
    known_region = region if region in dict(regions(country)) else None
    found = holidays.country_holidays(
        country, subdiv=known_region, years=year, language=spoken(country, language)
    )
    return dict(sorted(found.items()))


def spoken(country: str, language: str) -> str | None:
    """The library's name for the reader's language, or None for the country's own."""
    known = holidays.country_holidays(country).supported_languages
    short = language.partition("-")[0]
    return next((name for name in known if name == language or name.partition("_")[0] == short), None)
