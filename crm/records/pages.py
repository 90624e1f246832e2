"""What stands on a record's page by declaration; crm/layouts lets administrators arrange it anew."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """A group of properties: keys of fields and of blocks; without a title it stands at the top."""

    title: str | Promise
    items: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A tab, or a block: something among the properties that is more than one field."""

    key: str
    label: str | Promise


HISTORY = Part("history", _("History"))


@dataclass(frozen=True)
class RecordPage:
    """Without sections all columns stand in one; with them, what they leave out can be added by a layout.

    `apart` are columns that the page shows elsewhere, `panels` the settings list of the panels beside the record.
    """

    sections: tuple[Section, ...] = ()
    blocks: tuple[Part, ...] = ()
    apart: tuple[str, ...] = ()
    tabs: tuple[Part, ...] = (HISTORY,)
    panels: str = ""


BY_DECLARATION = RecordPage()
