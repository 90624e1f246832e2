"""Where a custom field is used, so that whoever deletes it knows."""

from dataclasses import dataclass

from crm.fields.catalogue import PREFIX
from crm.fields.models import CustomField
from crm.lists.models import View
from crm.records.kinds import kinds
from crm.rules.compile import asked_names
from crm.rules.errors import RuleError
from crm.rules.tree import read_tree


@dataclass(frozen=True)
class Usage:
    """`records` hold a value; `views` are the names of the views that show it, sort by it or ask for it."""

    records: int
    views: list[str]


def usage(field: CustomField) -> Usage:
    model = kinds()[field.kind].model
    records = model._base_manager.filter(custom__has_key=field.key).count()
    views = View.objects.filter(kind=field.kind, deleted_at=None)
    return Usage(records, sorted(view.name for view in views if is_used(view, f"{PREFIX}{field.key}")))


def is_used(view: View, key: str) -> bool:
    shown = {item[0] for item in view.columns if isinstance(item, list) and item}
    params = {str(value).removeprefix("-") for value in view.params.values()}
    try:
        asked = asked_names(read_tree(view.rule))
    except RuleError:
        asked = set()
    return key in shown | params | asked
