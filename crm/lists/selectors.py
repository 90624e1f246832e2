"""Saved views that a person may open, and how they have arranged them."""

from django.db.models import Q, QuerySet

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.lists.columns import Chosen, read_chosen
from crm.lists.filters import readable_id
from crm.lists.models import Arrangement, DefaultView, View
from crm.staff.models import User


def views(user: User, kind: str) -> QuerySet[View]:
    """The person's own, those of their teams and of the teams above, and those for everyone."""
    teams = grants(user).teams_above
    shared = Q(share=View.Share.EVERYONE) | Q(share=View.Share.TEAM, team__in=teams)
    return View.objects.filter(shared | Q(owner=user), kind=kind, deleted_at=None).order_by("name", "pk")


def view_find(user: User, kind: str, text: str) -> View | None:
    """The view of an address; None for one that is gone or not for this person."""
    return views(user, kind).filter(pk=int(text)).first() if readable_id(text) else None


def may_edit_view(user: User, view: View) -> bool:
    """Its owner, or who may change the shared views of others."""
    shared = view.share != View.Share.PRIVATE
    return view.owner_id == user.pk or (shared and grants(user).scope("lists.view", "edit") is Scope.ALL)


def default_view(user: User, kind: str) -> View | None:
    """With what the list opens: the person's own choice, else that of the first of their roles that has one."""
    roles = grants(user).roles
    rows = DefaultView.objects.filter(Q(user=user) | Q(role__in=roles), kind=kind)
    chosen: dict[int | None, int] = dict(rows.values_list("role", "view"))
    found = views(user, kind).in_bulk(chosen.values()) if chosen else {}
    return next((found[chosen[role]] for role in (None, *roles) if chosen.get(role, 0) in found), None)


def arrangement(user: User, kind: str, view: View | None) -> Chosen:
    """The columns that the person has chosen for this view (or for the list without one); empty for none."""
    found = Arrangement.objects.filter(user=user, kind=kind, view=view).first()
    return read_chosen(found.columns) if found else []
