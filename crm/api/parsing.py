"""JSON in and out: what cannot be read or stored is refused as a whole, before anything looks at its parts."""

import json
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import negotiation, parsers, renderers
from rest_framework.request import Request

from crm.api.problems import bad_request

#: how deep documents may be nested; a rule needs far less
DEEPEST = 60


class JsonParser(parsers.BaseParser):
    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, context: Any = None) -> Any:
        try:
            text = stream.read().decode("utf-8-sig")
            data = json.loads(text, parse_constant=no_constant)
        except (ValueError, RecursionError) as fault:
            raise bad_request(_("This is not JSON.")) from fault
        if not is_storable(data, DEEPEST):
            raise bad_request(
                _("The document is nested too deep, or holds characters that cannot be stored.")
            )
        return data


def no_constant(text: str) -> None:
    raise ValueError(text)


def is_storable(data: Any, depth: int) -> bool:
    """No NUL, no half of a pair of surrogates, not too deep."""
    if isinstance(data, str):
        return "\0" not in data and not any("\ud800" <= letter <= "\udfff" for letter in data)
    if isinstance(data, (list, dict)) and depth <= 0:
        return False
    if isinstance(data, dict):
        return all(is_storable(key, 1) and is_storable(value, depth - 1) for key, value in data.items())
    if isinstance(data, list):
        return all(is_storable(item, depth - 1) for item in data)
    return True


class JsonRenderer(renderers.BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        if data is None:
            return b""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
        return text.encode(errors="replace")


class AlwaysJson(negotiation.BaseContentNegotiation):
    """There is one kind of answer, whatever is accepted."""

    def select_parser(self, request: Request, found: Any) -> Any:
        wanted = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in found if parser.media_type == wanted), None)

    def select_renderer(self, request: Request, found: Any, suffix: str | None = None) -> Any:
        return found[0], found[0].media_type
