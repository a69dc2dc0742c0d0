"""The time strips: a date axis shared by all leaders, and marks by date and stance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stance.records import Scored
from stance.report.wording import month_label, parse_day

_MARGIN = 2.0  # per cent of the strip kept free at each end, so that no mark is cut
_MOST_TICKS = 9
_LANES = {"support": 11, "undecided": 25, "oppose": 39}


@dataclass(frozen=True, slots=True)
class TimeMark:
    """Statements of one stance on one day, or on some days next to each other: their place, and their numbers in the
    leader's evidence."""

    stance: str
    day: str
    until: str
    x: float
    y: int
    numbers: tuple[int, ...]

    @property
    def scale(self) -> float:
        """The size of the mark: its area grows with the number of statements, up to five."""
        return round(min(len(self.numbers), 5) ** 0.5, 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on the date axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The first and the last day shown, and the places between."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Where a day stands, in per cent of the strip."""
        days = max(1, (self.last - self.first).days)
        return round(_MARGIN + (100 - 2 * _MARGIN) * (day - self.first).days / days, 3)

    def place_of(self, day: str) -> float:
        """The place of an ISO date."""
        return self.place(date.fromisoformat(day))

    def ticks(self) -> list[Tick]:
        """Labelled days, months or years, nine at the most."""
        return [Tick(self.place(day), label) for day, label in _ticks(self.first, self.last)]


def time_axis(groups: Sequence[Sequence[Scored]]) -> TimeAxis | None:
    """The axis for the groups that span at least two dates; None where there is none."""
    days = [day for group in groups if len(found := dated(group)) > 1 for day in found]
    return TimeAxis(min(days), max(days)) if days else None


def dated(group: Sequence[Scored]) -> set[date]:
    """The days on which a group's articles were published."""
    return {day for scored in group if (day := parse_day(scored.article.published))}


def time_marks(group: Sequence[Scored], axis: TimeAxis, bins: int | None = None) -> list[TimeMark]:
    """The marks of one leader's statements, numbered as they stand in the group; with `bins`, those of so many equal
    stretches of the axis are put together, each where its mean day is."""
    found: dict[tuple[float, str], list[tuple[date, int]]] = {}
    for number, scored in enumerate(group):
        day, stance = parse_day(scored.article.published), scored.judgement.stance
        if day and stance:
            place = axis.place(day)
            found.setdefault((place if bins is None else place * bins // 100, stance), []).append((day, number))
    return [_mark(stance, sorted(own), axis) for (_, stance), own in sorted(found.items())]


def _mark(stance: str, own: Sequence[tuple[date, int]], axis: TimeAxis) -> TimeMark:
    days, numbers = zip(*own, strict=True)
    x = round(sum(map(axis.place, days)) / len(days), 3)
    return TimeMark(stance, days[0].isoformat(), days[-1].isoformat(), x, _LANES[stance], numbers)


def _ticks(first: date, last: date) -> list[tuple[date, str]]:
    span = (last - first).days
    if span <= 60:
        step = next(step for step in (1, 2, 7, 14) if span / step < _MOST_TICKS)
        days = [first + timedelta(n) for n in range(0, span + 1, step)]
        return [(day, f"{day.day} {month_label(day)}") for day in days]
    for step in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600):
        months = _months(first, last, step)
        if len(months) <= _MOST_TICKS:
            return _month_labels(months, step)
    return []


def _months(first: date, last: date, step: int) -> list[date]:
    """The first days of months between two dates, every `step` months counted from January of year nought."""
    start = first.year * 12 + first.month - 1 + (first.day > 1)
    start += -start % step
    end = last.year * 12 + last.month - 1
    return [date(index // 12, index % 12 + 1, 1) for index in range(start, end + 1, step)]


def _month_labels(months: Sequence[date], step: int) -> list[tuple[date, str]]:
    if step >= 12:
        return [(day, str(day.year)) for day in months]
    return [
        (day, f"{month_label(day)} {day.year}" if n == 0 or day.month <= step else month_label(day))
        for n, day in enumerate(months)
    ]
