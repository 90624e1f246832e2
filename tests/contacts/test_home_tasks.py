"""Home: own tasks by when they are due; who has none is told what is late around them."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from contacts.cards import MyTasks
from contacts.models import Task
from crm.company.selectors import company_day
from crm.staff.models import Team, User

SignIn = Callable[[User], Client]


def add(owner: User, team: Team, title: str, days: int | None) -> None:
    due = None if days is None else company_day() + timedelta(days=days)
    Task.objects.create(title=title, owner=owner, team=team, due_on=due)


def test_tasks_stand_under_overdue_today_and_later(
    rep: User, sales_team: Team, sign_in: SignIn, count_queries: Callable[[], object]
) -> None:
    for number in range(14):
        add(rep, sales_team, f"late {number}", -number - 1)
    add(rep, sales_team, "now", 0)
    add(rep, sales_team, "then", 3)
    add(rep, sales_team, "some day", None)
    groups = MyTasks().context(user=rep)["groups"]
    assert [(group["key"], group["count"], len(group["rows"])) for group in groups] == [("overdue", 14, 12)]
    Task.objects.filter(title__startswith="late", due_on__lt=company_day() - timedelta(days=1)).delete()
    groups = MyTasks().context(user=rep)["groups"]
    assert [(group["key"], group["count"]) for group in groups] == [
        ("overdue", 1),
        ("today", 1),
        ("later", 2),
    ]
    page = sign_in(rep).get("/").content.decode()
    assert "All my tasks (4)" in page
    assert 'href="/tasks/?owner=me"' in page
    assert 'href="/tasks/new/"' in page


def test_a_manager_without_own_tasks_sees_what_is_late_in_the_team(
    rep: User, manager: User, sales_team: Team, sign_in: SignIn
) -> None:
    add(rep, sales_team, "late", -2)
    add(rep, sales_team, "later", 2)
    page = sign_in(manager).get("/").content.decode()
    assert "1 task of the team is overdue" in page
    assert 'href="/tasks/?due=overdue"' in page
