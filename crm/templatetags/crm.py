"""Tags of the design language: icons, money, time. Built in (settings.TEMPLATES), so no template loads them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, BoundField, ModelChoiceField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crm.company.reading import long_day, long_moment, short_day
from crm.money.formatting import (
    money,
    money_exact,
    money_short,
    money_whole,
    number,
    percent,
    risk,
)
from crm.notifications.mentions import TOKEN, plain
from crm.records.forms import RecordChoiceField, Typed
from crm.records.tones import group_tone, risk_tone
from crm.staff.user_agents import browser_name
from crm.submissions.sent import FIELD, new_key

register = template.Library()

TONES = 5
SELECTED = SafeString(" selected")


@cache
def _sprite() -> str:
    return static("icons.svg")


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite, silent for screen readers: the text beside it or an aria-label speaks."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" width="16" height="16"><use href="{}#{}"></use></svg>',
        size, _sprite(), name,
    )  # fmt: skip


@register.simple_tag
def options(offered: Iterable[tuple[str, str]], chosen: str, text: str = "") -> SafeString:
    """The `<option>`s of a menu, of which some have hundreds; `text` stands in place of the label of the chosen one."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SELECTED if value == chosen else "", (value == chosen and text) or label)
            for value, label in offered
        ),
    )


@register.simple_tag
def submission_key() -> SafeString:
    """For a form that creates: sent twice, it makes one record (crm.submissions)."""
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', FIELD, new_key())


for formatter in (
    money,
    money_exact,
    money_whole,
    money_short,
    number,
    percent,
    risk,
    risk_tone,
    group_tone,
    long_day,
    long_moment,
):
    register.filter(formatter.__name__, formatter)


@register.filter
def mentions(text: str) -> SafeString:
    """A text of people, escaped, with a chip for everybody who is named in it."""
    parts = TOKEN.split(str(text))
    texts, names = parts[::3], parts[1::3]
    chips = [format_html('<span class="mention">@{}</span>', name) for name in names]
    return format_html_join("", "{}{}", zip(texts, [*chips, ""], strict=True))


@register.filter
def plain_mentions(text: str) -> str:
    """The text as people write it, where no chip can stand."""
    return plain(str(text))


@register.filter
def item(values: Mapping[str, object], key: str) -> object:
    """The value of a key; None where there is none."""
    return values.get(key)


@register.filter
def safe_cell(html: str) -> SafeString:
    """A cell as crm.lists.cells wrote it, which escapes every value itself."""
    return mark_safe(html)  # noqa: S308  # nosec B308 B703


@register.filter
def initials(name: str) -> str:
    """At most two letters that stand for a name."""
    words = [word for word in str(name).replace("@", " ").split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


@register.filter
def browser(user_agent: str) -> str:
    """Browser and system in words."""
    return browser_name(user_agent)


@register.filter
def tone(key: int | None) -> str:
    """A steady colour for an avatar, from the record's id."""
    return f"tone-{(key or 0) % TONES + 1}"


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The current query string with some parameters changed; None or "" takes one away; paging starts over."""
    dropped = {"after", "before", *changes}
    kept = [text for name, text in encoded(context.get("request")).items() if name not in dropped]
    changed = {name: value for name, value in changes.items() if value not in (None, "")}
    return "?" + "&".join([*kept, *([urlencode(changed)] if changed else [])])


def encoded(request: HttpRequest | None) -> dict[str, str]:
    """Each parameter of the address as it stands in one; a rule is long, and a page has many links."""
    if request is None:
        return {}
    if not hasattr(request, "encoded_query"):
        pairs = {name: urlencode({name: values}, doseq=True) for name, values in request.GET.lists()}
        request.encoded_query = pairs  # type: ignore[attr-defined]
    found: dict[str, str] = request.encoded_query  # type: ignore[attr-defined]
    return found


@register.simple_tag(takes_context=True)
def query_without(context: template.Context, name: str) -> str:
    """The current query string without one parameter; the whole path when nothing is left."""
    rest = query(context, **{name: None})
    return rest if rest != "?" else str(context["request"].path)


@register.filter
def first_known(rows: Iterable[Mapping[str, object]], key: str) -> object:
    """The value that all rows with a value share; None if no row has one."""
    return next((row[key] for row in rows if row[key] is not None), None)


def _relative_day(day: date, today: date) -> str:
    nearby = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}
    return nearby.get((day - today).days) or short_day(day)


@register.simple_tag
def time_tag(moment: datetime | date | None, style: str = "short") -> SafeString | str:
    """`<time>` with the full moment in its title. Styles: short (14 Mar, 09:30 today), day, full, clock."""
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            moment.isoformat(),
            long_day(moment),
            long_day(moment) if style == "full" else short_day(moment),
        )
    local = timezone.localtime(moment)
    full, clock = long_moment(moment), f"{local:%H:%M}"
    today = timezone.localdate()
    texts = {
        "short": clock if local.date() == today else short_day(local.date()),
        "day": _relative_day(local.date(), today),
        "full": full,
        "clock": clock,
    }
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, texts[style]
    )


@register.filter
def day(moment: datetime | date | None) -> str:
    """A short day for hot loops: plain text, no tag."""
    if moment is None:
        return ""
    plain = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return short_day(plain)


@register.filter
def relative_day(moment: datetime | date) -> str:
    """Today, Yesterday, Tomorrow, else the day: the heading of a timeline's group."""
    plain = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return _relative_day(plain, timezone.localdate())


@register.simple_tag(takes_context=True)
def sort_head(
    context: template.Context, key: str, label: str, css: str = "", first: str = "", title: str = ""
) -> SafeString:
    """A head cell whose link sorts by `key`; `first="desc"` starts with the largest; `title` explains the column."""
    current = str(context.get("sort") or "")
    if current.lstrip("-") != key:
        target, state, arrow = ("-" if first == "desc" else "") + key, "", ""
    else:
        down = current.startswith("-")
        target = key if down else f"-{key}"
        state = format_html(' aria-sort="{}"', "descending" if down else "ascending")
        arrow = icon("arrow-down") if down else icon("arrow-up")
    return format_html(
        '<th scope="col" class="{}"{}{}><a href="{}">{}{}</a></th>',
        css,
        state,
        format_html(' title="{}"', title) if title else "",
        query(context, sort=target),
        label,
        arrow,
    )


@register.filter
def is_picker(field: BoundField) -> bool:
    """Whether a field holds a record's id and is filled by searching (no list of records is part of a page)."""
    return isinstance(field.field, RecordChoiceField)


@register.filter
def picked(field: BoundField) -> str:
    """The id that a picker field holds."""
    value = field.value()
    return "" if value is None or isinstance(value, Typed) else str(value)


@register.filter
def chosen(field: BoundField) -> str:
    """The name of the record whose id a picker field holds; without one the words typed in vain."""
    value = field.value()
    if isinstance(value, Typed):
        return str(value)
    if not isinstance(field.field, ModelChoiceField) or not str(value or "").isdecimal():
        return ""
    found = field.field.queryset.filter(pk=value).first() if field.field.queryset is not None else None
    return str(found) if found else ""


@register.filter
def focused(field: BoundField) -> SafeString:
    """The field, with the caret in it when the page opens."""
    return field.as_widget(attrs={"autofocus": True})


@register.filter
def first_to_fill(form: BaseForm) -> str:
    """The name of the first field that is wrong, else of the first that must be filled: there the caret belongs."""
    fields = form.visible_fields()
    wrong = [field.name for field in fields if field.errors]
    empty = [field.name for field in fields if field.field.required and field.value() in (None, "")]
    return next(iter(wrong + empty), "")
