"""The names of tags: each is given once, however it is capitalised."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.models import Tag
from crm.one_at_a_time import wait_for_turn

NAMING = "names of tags"


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
        wait_for_turn(NAMING)
        found = tag_found(name) or Tag.objects.create(name=name)
    return found


def check_name(name: str, tag: Tag | None = None) -> None:
    """Raises NameTaken; from here on nobody else gives a name until the transaction ends."""
    wait_for_turn(NAMING)
    same = tag_found(name, but=tag)
    if same is not None:
        raise NameTaken(same)
