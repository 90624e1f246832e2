import pytest

from crm.assignment import demo as pools
from crm.assignment.models import Pool, PoolMember
from crm.calendars import demo as calendars
from crm.calendars.models import Absence, BusinessCalendar
from crm.calendars.selectors import away_on
from crm.company.selectors import company_day
from crm.staff import demo as staff


@pytest.mark.django_db
def test_somebody_is_away_today_and_turns_were_taken() -> None:
    for _twice in range(2):
        for part in (staff, calendars, pools):
            part.load()
    assert BusinessCalendar.objects.get(is_default=True).name == "Office"
    assert Absence.objects.count() == 3
    assert len(away_on(company_day())) == 1
    assert Pool.objects.count() == 2
    assert sum(PoolMember.objects.values_list("given", flat=True)) == 78
