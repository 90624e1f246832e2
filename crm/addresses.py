"""Addresses of pages as a mail must name them: with host."""

from django.conf import settings


def absolute(path: str) -> str:
    """`/customers/1/` -> `https://crm.example.com/customers/1/`; without PUBLIC_URL the machine itself."""
    return f"{settings.SITE_URL}{path}"
