"""Where things stand in a day: minutes from midnight on the wall clock, side by side where they meet. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

MINUTES = 24 * 60
#: what is shorter is drawn so long, so that it can be read and hit
SHORTEST = 25
#: static/css/calendar.css has places for so many side by side
MOST_LANES = 12


@dataclass(frozen=True)
class Block:
    """A part of one day, with the class names that put it there (the content policy forbids styles in the page)."""

    item: Any
    start: int
    end: int
    lane: int = 0
    lanes: int = 1
    begins: bool = True
    goes_on: bool = False

    @property
    def is_short(self) -> bool:
        """With room for one line."""
        return self.end - self.start < 45

    @property
    def place(self) -> str:
        return f"{span_class(self.start, self.end)} lane-{self.lane} of-{self.lanes}"


def span_class(start: int, end: int) -> str:
    length = end - start
    return f"h-{start // 60} m-{start % 60} lh-{length // 60} lm-{length % 60}"


def minute_of(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def part_of(day: date, starts: datetime, ends: datetime) -> tuple[int, int] | None:
    """The minutes of the day within a span of wall-clock time; None when it lies outside."""
    midnight = datetime.combine(day, time())
    following = midnight + timedelta(days=1)
    if ends <= midnight or starts >= following:
        return None
    start = minute_of(starts) if starts > midnight else 0
    return start, minute_of(ends) if ends < following else MINUTES


def block_of(item: Any, day: date, starts: datetime, ends: datetime) -> Block | None:
    """The item's part of the day; where the clock was put back it may seem to end before it begins."""
    found = part_of(day, starts, max(ends, starts + timedelta(minutes=1)))
    if found is None:
        return None
    start, end = found
    start = min(start, MINUTES - SHORTEST)
    end = max(end, start + SHORTEST)
    return Block(item, start, end, begins=starts.date() == day, goes_on=ends.date() > day and end == MINUTES)


def side_by_side(blocks: Iterable[Block]) -> list[Block]:
    """Each in the first lane that is free; those that meet share the width among them."""
    placed: list[Block] = []
    group: list[Block] = []
    until = -1
    for block in sorted(blocks, key=lambda found: (found.start, -found.end)):
        if block.start >= until:
            placed += widened(group)
            group = []
        taken = {other.lane for other in group if other.end > block.start}
        lane = next(index for index in range(len(group) + 1) if index not in taken)
        group.append(replace(block, lane=min(lane, MOST_LANES - 1)))
        until = max(until, block.end) if len(group) > 1 else block.end
    return placed + widened(group)


def widened(group: list[Block]) -> list[Block]:
    lanes = max((block.lane for block in group), default=0) + 1
    return [replace(block, lanes=lanes) for block in group]


def closed(openings: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The minutes of a day outside of what is open."""
    found, at = [], 0
    for start, end in sorted(openings):
        if start > at:
            found.append((at, start))
        at = max(at, end)
    return [*found, (at, MINUTES)] if at < MINUTES else found
