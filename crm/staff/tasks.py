from crm.jobs.models import Job
from crm.staff.models import Team, User
from crm.staff.services.handover import hand_over_all
from crm.staff.team_rows import move_rows


def hand_over(job: Job) -> dict[str, int]:
    person, colleague = User.objects.get(pk=job.key or 0), User.objects.get(pk=job.payload["colleague"])
    return hand_over_all(actor=job.actor, person=person, colleague=colleague, report=job.report)


def empty_team(job: Job) -> dict[str, int]:
    team, successor = Team.objects.get(pk=job.key or 0), Team.objects.get(pk=job.payload["successor"])
    return {"moved": move_rows(actor=job.actor, team=team, successor=successor, report=job.report)}
