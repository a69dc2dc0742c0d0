"""What the HTML report shows, worked out before any template runs: leaders, positions, evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from stance.records import STANCES, Position, Scored
from stance.report import wording
from stance.report.passages import find_passage, marked_passage, statement_marks, visible
from stance.report.timeline import TimeAxis, TimeMark, dated, time_axis, time_marks
from stance.report.why import Why, reasons

if TYPE_CHECKING:
    from stance.model import StanceModel

# From left to right, as on the axis from -1 to +1.
ORDER = ("oppose", "undecided", "support")
_REACH = 46.0  # per cent of the chart's width from its middle to a score of 1


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar, in per cent of its width."""

    stance: str
    value: float
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A position with its place on the axis. `lean` is the side its whole interval is on, or undecided."""

    position: Position
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement as it is shown."""

    number: int
    dom_id: str
    scored: Scored
    passage: Markup
    speaker: str
    probabilities: list[Segment]
    counted: bool
    why: Why | None


@dataclass(frozen=True, slots=True)
class Leader:
    """One leader's row, strip and section. Speakers outside the registry share one with `actor_id` None."""

    dom_id: str
    actor_id: str | None
    name: str
    country: str | None
    overall: Placed | None
    by_item: list[Placed]
    evidence: list[Evidence]
    omitted: int
    scored: list[Scored]
    dates: int
    strip: list[TimeMark]


@dataclass(frozen=True, slots=True)
class View:
    """All that the page shows."""

    leaders: list[Leader]
    strangers: Leader | None
    axis: TimeAxis | None
    statements: int
    articles: int
    first: str | None
    last: str | None
    review: int
    explained: bool
    off_topic: int
    items: list[str]
    recipients: list[str]
    data: dict[str, Any]


def build_view(
    scored: Sequence[Scored], positions: Sequence[Position], *, evidence_limit: int, model: StanceModel | None = None
) -> View:
    """Works out the page. Statements that are not about military aid are counted and otherwise left out.

    Evidence has its reasons where the model that judged it is given.
    """
    relevant = [one for one in scored if one.judgement.stance is not None]
    groups = _by_actor(relevant)
    shown = [one for group in groups.values() for one in group[:evidence_limit]]
    why = reasons(shown, model) if model else {}
    unknown = groups.pop(None, [])
    places = _positions_by_actor(positions)
    axis = time_axis(list(groups.values()))
    ids = _Ids()
    names = list(dict.fromkeys([*places, *(key for key in groups if key is not None)]))
    leaders = [
        _leader(ids, name, places.get(name, []), groups.get(name, []), axis, evidence_limit, why) for name in names
    ]
    leaders.sort(key=_by_score)
    strangers = _strangers(ids, unknown, evidence_limit, why) if unknown else None
    days = sorted(one.article.published for one in relevant if one.article.published)
    everyone = [*leaders, *([strangers] if strangers else [])]
    return View(
        leaders=leaders,
        strangers=strangers,
        axis=axis,
        statements=len(relevant),
        articles=len({one.article.id for one in relevant}),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        review=sum(one.judgement.needs_review for one in relevant),
        explained=bool(why),
        off_topic=len(scored) - len(relevant),
        items=sorted({item for one in relevant for item in one.topic.items}, key=wording.item_label),
        recipients=sorted({r for one in relevant if (r := one.topic.recipient)}, key=wording.country_name),
        data={leader.dom_id: _leader_data(leader) for leader in everyone},
    )


def place(position: Position) -> Placed:
    """Puts a position on the axis."""
    lean = "support" if position.low > 0 else "oppose" if position.high < 0 else "undecided"
    left = _axis(position.low)
    return Placed(
        position=position,
        x=_axis(position.score),
        left=left,
        width=round(_axis(position.high) - left, 3),
        lean=lean,
        counts=segments(position.counts),
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


class _Ids:
    """Hands out element ids, each one once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, prefix: str, raw: str) -> str:
        plain = wording.dom_id(prefix, raw)
        found, n = plain, 1
        while found in self._taken:
            n += 1
            found = f"{plain}_{n}"
        self._taken.add(found)
        return found


def _axis(score: float) -> float:
    return round(50 + _REACH * max(-1.0, min(1.0, score)), 3)


def _by_actor(scored: Sequence[Scored]) -> dict[str | None, list[Scored]]:
    """Statements by actor id, the newest first; what has no date comes last."""
    groups: dict[str | None, list[Scored]] = {}
    for one in scored:
        actor = one.statement.actor
        groups.setdefault(actor.id if actor else None, []).append(one)
    for group in groups.values():
        group.sort(key=lambda one: one.article.published or "", reverse=True)
    return groups


def _positions_by_actor(positions: Sequence[Position]) -> dict[str, list[Position]]:
    out: dict[str, list[Position]] = {}
    for position in positions:
        out.setdefault(position.actor_id, []).append(position)
    return out


def _by_score(leader: Leader) -> tuple[bool, float, str]:
    overall = leader.overall
    return overall is None, -overall.position.score if overall else 0.0, leader.name


def _leader(
    ids: _Ids,
    actor_id: str,
    positions: list[Position],
    group: list[Scored],
    axis: TimeAxis | None,
    limit: int,
    why: Mapping[str, Why],
) -> Leader:
    overall = next((place(p) for p in positions if p.item is None), None)
    by_item = [place(p) for p in positions if p.item is not None]
    by_item.sort(key=lambda placed: (-placed.position.statements, placed.position.item or ""))
    actor = group[0].statement.actor if group else None
    days = len(dated(group))
    return Leader(
        dom_id=ids.take("actor", actor_id),
        actor_id=actor_id,
        name=positions[0].actor if positions else actor.name if actor else actor_id,
        country=positions[0].country if positions else actor.country if actor else None,
        overall=overall,
        by_item=by_item,
        evidence=_evidence(ids, group[:limit], _counted(overall), why),
        omitted=max(0, len(group) - limit),
        scored=group,
        dates=days,
        strip=time_marks(group, axis) if axis and days > 1 else [],
    )


def _counted(overall: Placed | None) -> set[str] | None:
    """The ids behind a position; None where it does not name them all."""
    if overall is None:
        return None
    evidence = set(overall.position.evidence)
    return evidence if len(evidence) == overall.position.statements else None


def _strangers(ids: _Ids, group: list[Scored], limit: int, why: Mapping[str, Why]) -> Leader:
    return Leader(
        dom_id=ids.take("unregistered", "speakers"),
        actor_id=None,
        name="",
        country=None,
        overall=None,
        by_item=[],
        evidence=_evidence(ids, group[:limit], None, why),
        omitted=max(0, len(group) - limit),
        scored=group,
        dates=len(dated(group)),
        strip=[],
    )


def _evidence(ids: _Ids, group: list[Scored], counted: set[str] | None, why: Mapping[str, Why]) -> list[Evidence]:
    return [
        Evidence(
            number=number,
            dom_id=ids.take("statement", one.statement.id),
            scored=one,
            passage=_passage(one),
            speaker=_speaker(one),
            probabilities=segments(one.judgement.probabilities),
            counted=counted is None or one.statement.id in counted,
            why=why.get(one.statement.id),
        )
        for number, one in enumerate(group)
    ]


def _passage(one: Scored) -> Markup:
    text, marks = one.article.text, statement_marks(one.article.text, one.statement)
    if not any(role == "content" for role, _ in marks):
        return Markup('<mark class="content">') + visible(one.statement.text) + Markup("</mark>")
    return marked_passage(text, find_passage(text, marks), marks)


def _speaker(one: Scored) -> str:
    return one.statement.source.text if one.statement.source else ""


def _leader_data(leader: Leader) -> dict[str, Any]:
    """What the filters need: per item the score and interval, per statement what it can be chosen by."""
    counted = _counted(leader.overall)
    placed = [*([leader.overall] if leader.overall else []), *leader.by_item]
    return {
        "name": leader.name,
        "country": leader.country or "",
        "search": f"{leader.name} {leader.country or ''} {wording.country_name(leader.country)}",
        "last": leader.overall.position.last or "" if leader.overall else "",
        "places": {p.position.item or "": _place_data(p) for p in placed},
        "statements": [_statement_data(one, counted, leader.actor_id is None) for one in leader.scored],
    }


def _place_data(placed: Placed) -> dict[str, Any]:
    return {
        "score": placed.position.score,
        "x": placed.x,
        "left": placed.left,
        "width": placed.width,
        "lean": placed.lean,
        "number": wording.signed(placed.position.score),
        "words": placed.words,
    }


def _statement_data(one: Scored, counted: set[str] | None, with_speaker: bool) -> list[Any]:
    return [
        STANCES.index(one.judgement.stance or "undecided"),
        list(one.topic.items),
        one.topic.recipient or "",
        one.article.published or "",
        int(one.judgement.needs_review),
        int(counted is None or one.statement.id in counted),
        *([_speaker(one)] if with_speaker else []),
    ]
