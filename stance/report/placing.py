"""Where scores, intervals and counts stand on the page's axis and bars, in per cent of their widths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from stance.report import wording

# From left to right, as on the axis from -1 to +1.
ORDER = ("oppose", "undecided", "support")
_REACH = 46.0  # per cent of the chart's width from its middle to a score of 1


class Scored90(Protocol):
    """Whatever has a score in [-1, 1] and its 90% interval."""

    @property
    def score(self) -> float:
        """The estimate."""

    @property
    def low(self) -> float:
        """The interval's lower end."""

    @property
    def high(self) -> float:
        """The interval's upper end."""


T = TypeVar("T", bound=Scored90)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar, in per cent of its width."""

    stance: str
    value: float
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A position with its place on the axis. `lean` is the side its whole interval is on, or undecided."""

    position: T
    x: float
    left: float
    width: float
    lean: str
    counts: list[Segment]

    @property
    def words(self) -> str:
        """Score and interval in words, for labels."""
        p = self.position
        low, high = wording.signed(p.low), wording.signed(p.high)
        return f"Score {wording.signed(p.score)}, 90% interval {low} to {high}"


def place(position: T, counts: Mapping[str, float] | None = None) -> Placed[T]:
    """Puts a position on the axis, with the bar of its counts."""
    lean = "support" if position.low > 0 else "oppose" if position.high < 0 else "undecided"
    left = _axis(position.low)
    return Placed(
        position=position,
        x=_axis(position.score),
        left=left,
        width=round(_axis(position.high) - left, 3),
        lean=lean,
        counts=segments(counts or {}),
    )


def segments(values: Mapping[str, float]) -> list[Segment]:
    """The parts of a stacked bar in the order of the axis; parts of nothing have no width."""
    total = sum(values.get(stance, 0) for stance in ORDER)
    out, x = [], 0.0
    for stance in ORDER:
        value = values.get(stance, 0)
        width = 100 * value / total if total else 0.0
        out.append(Segment(stance, value, round(x, 3), round(width, 3)))
        x += width
    return out


def _axis(score: float) -> float:
    return round(50 + _REACH * max(-1.0, min(1.0, score)), 3)
