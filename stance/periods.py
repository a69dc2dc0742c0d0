"""Periods as people write them: a year, a quarter, a month, a day, or from one to another."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import NamedTuple

from stance.readers.rows import iso_day
from stance.records import InputError

_FORM = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?", re.IGNORECASE)


class Period(NamedTuple):
    """The first and the last ISO day, None for no bound."""

    first: str | None
    last: str | None

    def holds(self, day: str | None) -> bool:
        """Whether an ISO day falls into it; an unknown one only if there are no bounds."""
        if day is None:
            return self.first is None and self.last is None
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def parse_period(text: str) -> Period:
    """The period of "2024", "2024-Q1", "2024-03", "2024-03-15", or of two of them as in "2023-05..2024" (either may be
    left out). Raises InputError for anything else."""
    first, dots, last = text.strip().partition("..")
    if not dots:
        return _one(first, text)
    start = _one(first, text).first if first.strip() else None
    end = _one(last, text).last if last.strip() else None
    if start and end and start > end:
        raise InputError(f"the period {text!r} ends before it begins; write the earlier day first.")
    return Period(start, end)


def _one(part: str, whole: str) -> Period:
    form = _FORM.fullmatch(part.strip())
    if form is not None:
        year, quarter, month, day = form.group("year", "quarter", "month", "day")
        months = (3 * int(quarter) - 2, 3 * int(quarter)) if quarter else (int(month), int(month)) if month else (1, 12)
        if 1 <= months[0] <= 12 and int(year):
            first = f"{year}-{months[0]:02}-{day or '01'}"
            last = f"{year}-{months[1]:02}-{day or monthrange(int(year), months[1])[1]}"
            if iso_day(first) == first:
                return Period(first, last)
    raise InputError(f"{whole!r} is no period: write 2024, 2024-Q1, 2024-03, 2024-03-15 or 2023-05..2024-02.")
