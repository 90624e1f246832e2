"""The days that a calendar shows, in the reader's time zone, and the way to those before and after. Pure."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from crm.company.reading import week_begin

DAY, WEEK, MONTH, LIST = "day", "week", "month", "list"
VIEWS = (DAY, WEEK, MONTH, LIST)
LIST_DAYS = 28
ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Window:
    """`day` is the one that was asked for; `people` are the ids of those whose calendars are shown."""

    view: str
    day: date
    zone: ZoneInfo
    week_start: int
    people: tuple[int, ...] = ()

    @property
    def first(self) -> date:
        if self.view == WEEK:
            return week_begin(self.day, self.week_start)
        return week_begin(self.day.replace(day=1), self.week_start) if self.view == MONTH else self.day

    @property
    def count(self) -> int:
        if self.view == MONTH:
            last = self.day.replace(day=monthrange(self.day.year, self.day.month)[1])
            return (week_begin(last, self.week_start) - self.first).days + 7
        return {DAY: 1, WEEK: 7, LIST: LIST_DAYS}[self.view]

    @property
    def days(self) -> list[date]:
        return [self.first + ONE_DAY * index for index in range(self.count)]

    @property
    def last(self) -> date:
        return self.first + ONE_DAY * (self.count - 1)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the first midnight to the one after the last day."""
        return self.midnight(self.first), self.midnight(self.last + ONE_DAY)

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        """As the clock on the reader's wall shows it."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def moved(self, steps: int) -> "Window":
        if self.view == MONTH:
            month = self.day.month - 1 + steps
            day = date(self.day.year + month // 12, month % 12 + 1, 1)
        else:
            day = self.day + ONE_DAY * {DAY: 1, WEEK: 7, LIST: LIST_DAYS}[self.view] * steps
        return replace(self, day=min(max(day, FIRST), LAST - timedelta(days=62)))

    def at(self, *, view: str = "", day: date | None = None) -> "Window":
        return replace(self, view=view or self.view, day=day or self.day)

    @property
    def query(self) -> str:
        asked = {"view": self.view, "day": self.day.isoformat()}
        return urlencode(asked | ({"people": ",".join(map(str, self.people))} if self.people else {}))


def read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST - timedelta(days=62) else None
