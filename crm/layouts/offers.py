"""What a kind of record has to arrange, and how it is arranged by declaration."""

from crm.fields.catalogue import Fields
from crm.layouts.arrangement import Arrangement, Group, Offer, Order
from crm.records.kinds import Kind, kinds
from crm.records.pages import RecordPage
from crm.records.panels import Panel, declared


def arranged_kinds() -> list[Kind]:
    """The kinds of record whose page can be arranged."""
    return [kind for kind in kinds().values() if kind.record_url and kind.page is not None]


def page_of(kind: Kind) -> RecordPage:
    return kind.page or RecordPage()


def offer_of(kind: Kind, fields: Fields) -> Offer:
    """`fields` are those that the reader may know; for the one who arranges, all of them."""
    page = page_of(kind)
    columns = {key: field for key, field in fields.items() if field.is_column and key not in page.apart}
    blocks = {block.key: str(block.label) for block in page.blocks}
    placed = {key for section in page.sections for key in section.items}
    return Offer(
        properties={**{key: field.title for key, field in columns.items()}, **blocks},
        tabs={tab.key: str(tab.label) for tab in page.tabs},
        panels={panel.key: str(panel.title) for panel in panels_of(page)},
        optional={
            key for key, field in columns.items() if placed and key not in placed and not field.is_custom
        },
    )


def panels_of(page: RecordPage) -> tuple[Panel, ...]:
    return declared(page.panels) if page.panels else ()


def declared_arrangement(kind: Kind) -> Arrangement:
    """As the program brings it; custom fields are named by nobody and so stand last."""
    page = page_of(kind)
    groups = tuple(Group(str(section.title), section.items) for section in page.sections)
    return Arrangement(groups=groups or (Group("", columns_of(kind)),), tabs=Order(), panels=Order())


def columns_of(kind: Kind) -> tuple[str, ...]:
    return tuple(
        field.key for field in kind.fields if field.is_column and field.key not in page_of(kind).apart
    )
