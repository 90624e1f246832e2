"""The rows of a table as HTML: one closure per column, since a page has hundreds of cells."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crm.fields.declaration import Field
from crm.fields.shown import shower
from crm.fields.types import FieldType
from crm.lists.columns import Column
from crm.money.formatting import money
from crm.records.kinds import Kind, kinds

Row = Mapping[str, Any]
Cell = Callable[[Row], str]
NONE = '<span class="none">–</span>'


def table_rows(
    kind: Kind, columns: list[Column], rows: list[dict[str, Any]], *, out_of_band: bool = False
) -> SafeString:
    """The body of the table. Every value is escaped where its cell is written: nothing here is HTML of a user."""
    cells = [(opening(kind, column), cell_of(kind, column)) for column in columns]
    checkbox, mark = check_cell(), ' hx-swap-oob="outerHTML"' if out_of_band else ""
    html = "".join(row_html(kind, row, checkbox, cells, mark) for row in rows)
    return mark_safe(html)  # noqa: S308  # nosec B308 B703


def row_html(kind: Kind, row: Row, checkbox: str, cells: list[tuple[str, Cell]], mark: str) -> str:
    inner = "".join(f"{start}{cell(row)}</td>" for start, cell in cells)
    css = f' class="{kind.row_css(row)}"' if kind.row_css else ""
    return f'<tr id="row-{row["id"]}" data-id="{row["id"]}"{css}{mark}>{checkbox}{inner}</tr>'


def check_cell() -> str:
    """A box to select the row; the script gives it its name."""
    return f'<td class="check-cell"><input type="checkbox" aria-label="{escape(_("Select"))}"></td>'


def opening(kind: Kind, column: Column) -> str:
    editable = f' data-field="{escape(column.field.key)}"' if column.field.edit and kind.edit else ""
    return f'<td class="{column.css}"{editable}>' if column.css else f"<td{editable}>"


def cell_of(kind: Kind, column: Column) -> Cell:
    field = column.field
    if field.cell is not None:
        return field.cell
    text = text_of(field)
    if column.is_title and kind.record_url:
        return linked(kind, field, text)
    if field.type is FieldType.RECORD and kinds()[field.through_kind].record_url:
        return record_link(kinds()[field.through_kind], field)
    if field.tones is not None:
        return toned(field, text)
    if field.type is FieldType.LINK:
        return outward(field)
    if field.empty is not None:
        return with_reason(field, text)
    return plain(field, text)


def text_of(field: Field) -> Callable[[Row], str]:
    """The words of a cell, not yet escaped; empty where the record holds nothing."""
    key = field.key
    if field.currency_path:
        return lambda row: money(row[key], row[f"{key}.currency"]) if row[key] is not None else ""
    show = shower(field)
    if field.is_keyed or field.many:
        return lambda row: row[key] or ""
    return lambda row: show(row[key]) if row[key] not in (None, "", []) else ""


def plain(field: Field, text: Callable[[Row], str]) -> Cell:
    wide = field.type in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.RECORD, FieldType.CHOICES)

    def cell(row: Row) -> str:
        words = escape(text(row))
        if not words:
            return "" if wide else NONE
        return f'<span title="{words}">{words}</span>' if wide else words

    return cell


def with_reason(field: Field, text: Callable[[Row], str]) -> Cell:
    """An empty cell that says why."""
    reason = field.empty

    def cell(row: Row) -> str:
        words = escape(text(row))
        return words or (f'<span class="none">{escape(reason(row))}</span>' if reason else NONE)

    return cell


def linked(kind: Kind, field: Field, text: Callable[[Row], str]) -> Cell:
    before, after = address_parts(kind)
    key = field.key

    def cell(row: Row) -> str:
        words = escape(text(row)) or escape(row[key] or "–")
        return f'<a href="{before}{row["id"]}{after}" title="{words}">{words}</a>'

    return cell


def record_link(target: Kind, field: Field) -> Cell:
    before, after = address_parts(target)
    key = field.key

    def cell(row: Row) -> str:
        if not row[key]:
            return NONE if not field.nullable else ""
        words = escape(row[key])
        return f'<a href="{before}{row[f"{key}.id"]}{after}" title="{words}">{words}</a>'

    return cell


def toned(field: Field, text: Callable[[Row], str]) -> Cell:
    """A chip for a choice, coloured figures for a share; the empty one says why, if there is a reason."""
    key, tones, reason = field.key, field.tones, field.empty
    css = "risk" if field.type is FieldType.SHARE else "chip"

    def cell(row: Row) -> str:
        words = escape(text(row))
        if not words:
            return f'<span class="none">{escape(reason(row))}</span>' if reason else NONE
        return f'<span class="{css} {tones(row[key]) if tones else ""}">{words}</span>'

    return cell


def outward(field: Field) -> Cell:
    key = field.key

    def cell(row: Row) -> str:
        address = escape(row[key] or "")
        return (
            f'<a href="{address}" rel="noopener noreferrer" target="_blank">{address}</a>' if address else ""
        )

    return cell


def address_parts(kind: Kind) -> tuple[str, str]:
    """What stands before and after the key in the address of a record; asked of Django once."""
    before, _mark, after = reverse(kind.record_url, args=[0]).partition("/0/")
    return f"{before}/", f"/{after}"
