"""The names of tags: each is given once, however it is capitalised."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.models import Tag
from crm.one_at_a_time import wait_for_turn


class NameTaken(ValidationError):
    """There is a tag of this name, which the other could be merged into."""

    def __init__(self, tag: Tag) -> None:
        super().__init__({"name": _("There is a tag “%s” already.") % tag.name})
        self.tag = tag


def tag_found(name: str, but: Tag | None = None) -> Tag | None:
    """The tag of this name other than `but`."""
    same = Tag.objects.filter(name__iexact=name).order_by("pk")
    return (same.exclude(pk=but.pk) if but else same).first()


def tag_called(name: str) -> Tag:
    """The tag of this name; made if there is none."""
    found = tag_found(name)
    if found is None:
        wait_to_name(name)
        found = tag_found(name) or Tag.objects.create(name=name)
    return found


def tags_called(names: Iterable[str]) -> set[Tag]:
    """The tags of these names; one query where all are there."""
    wanted = sorted(names)
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=wanted)}
    return {known.get(name) or tag_called(name) for name in wanted}


def wait_to_name(name: str) -> None:
    """Others who give this very name wait until the transaction ends; other names are free meanwhile."""
    wait_for_turn(f"tag called {name.upper()}")


def check_name(name: str, tag: Tag | None = None) -> None:
    """Raises NameTaken; from here on nobody else gives the name until the transaction ends."""
    wait_to_name(name)
    same = tag_found(name, but=tag)
    if same is not None:
        raise NameTaken(same)
