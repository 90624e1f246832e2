"""What the form of the set-up begins with, as far as the browser tells where the company is."""

from babel.numbers import get_territory_currencies
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from crm.company.models import Company
from crm.company.selectors import company
from crm.money.currencies import DECIMALS
from crm.world import is_country


def starting_point(request: HttpRequest) -> Company:
    """The company as it is, else a new one of the reader's country: nothing that is overlooked as their own."""
    if Company.objects.filter(pk=1).exists():
        return company()
    country = country_of(request.headers.get("Accept-Language", ""))
    return Company(name="", country=country, currency=currency_of(country)) if country else Company(name="")


def country_of(languages: str) -> str:
    """`de-CH,de;q=0.9` -> `CH`; empty when no language names a country."""
    tags = (tag for tag, _weight in parse_accept_lang_header(languages) if "-" in tag)
    regions = (tag.rpartition("-")[2].upper() for tag in tags)
    return next((region for region in regions if is_country(region)), "")


def currency_of(country: str) -> str:
    """What is paid with there today, as far as it is known here; else the default of a company."""
    known = (code for code in get_territory_currencies(country) if code in DECIMALS)
    return next(known, Company().currency)
