"""The words of permissions in a history: `sales.order.view` reads `Orders: view`."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.permissions import catalogue, field_groups

ACTION_WORDS: dict[str, str | Promise] = {
    "view": gettext_lazy("see"),
    "create": gettext_lazy("create"),
    "edit": gettext_lazy("edit"),
    "delete": gettext_lazy("delete"),
    "export": gettext_lazy("export"),
    "bulk": gettext_lazy("bulk"),
    "assign": gettext_lazy("assign"),
}


class PermissionWords(Mapping[str, "str | Promise"]):
    """Read when it is asked for: the catalogue needs every app to be loaded."""

    def words(self) -> dict[str, str | Promise]:
        cells: dict[str, str | Promise] = {
            f"{item.name}.{action}": f"{item.label}: {ACTION_WORDS.get(action, action)}"
            for item in catalogue().values()
            for action in item.actions
        }
        levels = {
            f"field_group.{item.name}": f"{_('Fields')}: {item.label}" for item in field_groups().values()
        }
        return {**cells, **levels}

    def __getitem__(self, key: str) -> str | Promise:
        return self.words()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.words())

    def __len__(self) -> int:
        return len(self.words())


FIELDS = PermissionWords()
