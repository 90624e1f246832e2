from django.http import HttpRequest


def is_fragment(request: HttpRequest) -> bool:
    """Asked for by htmx for a part of the page, not as a page of its own (boosted links want the whole)."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
