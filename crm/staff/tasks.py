from crm.jobs.models import Job
from crm.staff.models import User
from crm.staff.services.handover import hand_over_all


def hand_over(job: Job) -> dict[str, int]:
    person, colleague = User.objects.get(pk=job.key or 0), User.objects.get(pk=job.payload["colleague"])
    return hand_over_all(actor=job.actor, person=person, colleague=colleague, report=job.report)
