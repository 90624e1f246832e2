"""The columns of a list: which fields, in which order, how wide."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crm.fields.declaration import Field
from crm.fields.types import DATED, NUMERIC, FieldType
from crm.records.kinds import Kind

NARROWEST, WIDEST = 64, 640
MOST = 40
WIDTHS = {
    FieldType.TEXT: 160,
    FieldType.LONG_TEXT: 240,
    FieldType.RECORD: 176,
    FieldType.CHOICES: 176,
    FieldType.LINK: 176,
}
CHECK_WIDTH = 40


@dataclass(frozen=True)
class Column:
    """`place` says where a phone shows the cell: line-1, line-2, at the end of one of them, or not at all."""

    field: Field
    width: int
    is_title: bool = False
    place: str = ""

    @property
    def is_number(self) -> bool:
        return self.field.type in NUMERIC or self.field.type in DATED

    @property
    def first(self) -> str:
        """Numbers and days are sorted from the largest at first."""
        return "desc" if self.is_number else ""

    @property
    def css(self) -> str:
        names = ("main-cell" if self.is_title else "", "number" if self.is_number else "", self.place)
        return " ".join(filter(None, names))


Chosen = list[tuple[str, int]]


def read_chosen(data: Any) -> Chosen:
    """[[field, width], ...] as it was stored or sent; what cannot be read is left out."""
    found: dict[str, int] = {}
    for item in data if isinstance(data, list) else []:
        key, width = (item[0], item[1]) if isinstance(item, list) and len(item) == 2 else (item, 0)
        if isinstance(key, str) and len(key) <= 80 and len(found) < MOST:
            found[key] = within(width)
    return list(found.items())


def within(width: Any) -> int:
    """A width in pixels that a person can still drag; 0 is the field's own."""
    if isinstance(width, bool) or not isinstance(width, int) or width <= 0:
        return 0
    return max(NARROWEST, min(WIDEST, width))


def columns_of(kind: Kind, fields: dict[str, Field], chosen: Chosen) -> list[Column]:
    """The chosen columns that exist for the reader, the title first; without any the declared ones."""
    wanted = chosen or [(key, 0) for key in kind.columns]
    known = {key: width for key, width in wanted if key in fields and fields[key].is_column}
    ordered = [(kind.title, known.pop(kind.title, 0)), *known.items()]
    places = phone_places([fields[key] for key, _width in ordered])
    return [
        Column(fields[key], width or width_of(fields[key]), key == kind.title, place)
        for (key, width), place in zip(ordered, places, strict=True)
    ]


def width_of(field: Field) -> int:
    return field.width or WIDTHS.get(field.type, 120)


def phone_places(fields: list[Field]) -> list[str]:
    """A phone has two lines: the title and what stands out, then one field of words and up to two numbers or days."""
    places = dict.fromkeys(range(len(fields)), "")
    places[0] = "line-1"
    rest = list(range(1, len(fields)))
    take(
        places,
        rest,
        fields,
        lambda field: field.tones is not None and field.type is FieldType.CHOICE,
        "line-1 end",
    )
    take(places, rest, fields, lambda field: field.type in (FieldType.RECORD, FieldType.TEXT), "line-2")
    take(places, rest, fields, lambda field: field.type in NUMERIC, "line-2 end middle")
    take(places, rest, fields, lambda field: field.type in NUMERIC or field.type in DATED, "line-2 end")
    return list(places.values())


def take(places: dict[int, str], rest: list[int], fields: list[Field], fits: Any, place: str) -> None:
    """Give the place to the first of the remaining fields that fits."""
    for index in rest:
        if fits(fields[index]):
            places[index] = place
            rest.remove(index)
            return


def room(columns: Iterable[Column]) -> int:
    """The least width of the table; in a wider one the title grows."""
    return sum(column.width for column in columns) + CHECK_WIDTH
