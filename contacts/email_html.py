"""The HTML of a mail from outside as it may be shown: cleaned, in a frame without rights, pictures only when asked for.

Pure. The frame's own policy (BODY_POLICY) forbids whatever cleaning might have missed.
"""

import base64
import re
from collections.abc import Callable, Mapping

import nh3
from django.utils.html import escape, urlize

STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display",
    "font", "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height",
    "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width",
    "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration",
    "text-transform", "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip
LAID_OUT = {"style", "align", "valign", "width", "height", "bgcolor", "color", "dir", "lang", "title"}
TAGS = (nh3.ALLOWED_TAGS | {"font", "center", "u"}) - {"map", "area"}
#: of one picture that comes with the mail
MOST_BYTES = 3 * 1024 * 1024
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
REMOTE = re.compile(r"<img\b[^>]{0,2000}?\bsrc\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
PAGE = """<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>
body{{margin:0;padding:12px;font:14px/1.5 system-ui,sans-serif;color:#1c1c1a;background:#fff;overflow-wrap:anywhere}}
img{{max-width:100%;height:auto}}blockquote{{margin:0 0 0 4px;padding-left:12px;border-left:2px solid #d3d3ce}}
pre{{white-space:pre-wrap}}</style></head><body>{body}</body></html>"""


def policy(*, images: bool) -> str:
    return POLICY.format(images="data: https: http:" if images else "data:")


def has_remote_pictures(markup: str) -> bool:
    return bool(REMOTE.search(markup))


def page(markup: str, *, images: bool, inline: Callable[[str], tuple[str, bytes] | None]) -> str:
    """A whole document. `inline` gives (type, bytes) of a picture that came with the mail, by its Content-ID."""
    return PAGE.format(body=cleaned(markup, images=images, inline=inline))


def cleaned(markup: str, *, images: bool, inline: Callable[[str], tuple[str, bytes] | None]) -> str:
    def kept(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) == ("img", "src"):
            return picture(value.strip(), images=images, inline=inline)
        return None if tag == "img" and attribute == "srcset" else value

    allowed: Mapping[str, set[str]] = {
        tag: set(nh3.ALLOWED_ATTRIBUTES.get(tag, set())) | LAID_OUT for tag in TAGS
    }
    return nh3.clean(
        markup,
        tags=set(TAGS),
        clean_content_tags={"script", "style", "head", "title", "noscript", "template"},
        attributes={**allowed, "font": {"color", "face", "size"}},
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        filter_style_properties=STYLES,
    )


def picture(source: str, *, images: bool, inline: Callable[[str], tuple[str, bytes] | None]) -> str | None:
    """Where a picture comes from as it may stand: with the mail, or from elsewhere if that was asked for."""
    scheme, _colon, rest = source.partition(":")
    if scheme.lower() == "cid":
        found = inline(rest)
        if found and found[0] in PICTURES and len(found[1]) <= MOST_BYTES:
            return f"data:{found[0]};base64,{base64.b64encode(found[1]).decode()}"
        return None
    if scheme.lower() == "data":
        return source if rest.partition(";")[0].lower() in PICTURES else None
    return source if images and scheme.lower() in ("http", "https") else None


def text_html(text: str) -> str:
    """Plain text with its addresses as links, for a page of ours: everything else in it is escaped."""
    return urlize(escape(text), nofollow=True, autoescape=False)
