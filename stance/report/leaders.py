"""The leaders of the HTML report: each with its positions, statements, moves and link, before any of it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stance.actors.memberships import country_spoken_for
from stance.estimate import Estimate
from stance.records import STANCES, Move, Position, Scored
from stance.report import wording
from stance.report.evidence import speaker
from stance.report.placing import Placed, place
from stance.report.timeline import dated


@dataclass(frozen=True, slots=True)
class Moved:
    """A move with its places on the axis."""

    move: Move
    before: Placed[Estimate]
    after: Placed[Estimate]


@dataclass(frozen=True, slots=True)
class Leader:
    """One leader. Speakers outside the registry share one with `actor_id` None. `scored` holds the statements, the
    newest first; `dates` counts their days; `href` leads from the report's page to the leader's section."""

    dom_id: str
    href: str
    actor_id: str | None
    name: str
    country: str | None
    overall: Placed[Position] | None
    by_item: list[Placed[Position]]
    moves: list[Moved]
    scored: list[Scored]
    dates: int

    @property
    def speaks_for(self) -> str | None:
        """The country in whose name the newest statement was made (alpha-3), None for that of an international body."""
        if not self.scored:
            return self.country
        return country_spoken_for(self.scored[0].statement.actor, self.scored[0].article.published)

    @property
    def counted(self) -> set[str] | None:
        """The ids of the statements behind the position; None where it does not name them all."""
        if self.overall is None:
            return None
        evidence = set(self.overall.position.evidence)
        return evidence if len(evidence) == self.overall.position.statements else None


class Ids:
    """Hands out element ids, each one once, also for file systems that do not tell capitals apart."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, prefix: str, raw: str) -> str:
        """An id of plain characters that begins with the prefix, made from a record's id."""
        plain = wording.dom_id(prefix, raw)[:100]
        found, n = plain, 1
        while found.lower() in self._taken:
            n += 1
            found = f"{plain}_{n}"
        self._taken.add(found.lower())
        return found


def find_leaders(
    scored: Sequence[Scored], positions: Sequence[Position], moves: Sequence[Move], *, folder: str | None = None
) -> tuple[list[Leader], Leader | None]:
    """All leaders, ordered from support to oppose, and the speakers outside the registry. With a folder, each has a
    page of its own there, otherwise a section of the report's page."""
    groups = _by_actor(scored)
    unknown = groups.pop(None, [])
    places, moved = _by_id(positions), _by_id(moves)
    ids = Ids()
    names = list(dict.fromkeys([*places, *(key for key in groups if key is not None)]))
    leaders = [_leader(ids, n, places.get(n, []), moved.get(n, []), groups.get(n, []), folder) for n in names]
    leaders.sort(key=_by_score)
    return leaders, _strangers(ids, unknown, folder) if unknown else None


def filter_data(leader: Leader) -> dict[str, Any]:
    """What the filters need: per item the score and interval, per statement what it can be chosen by."""
    counted, with_speaker = leader.counted, leader.actor_id is None
    placed = [*([leader.overall] if leader.overall else []), *leader.by_item]
    return {
        "name": leader.name,
        "country": leader.country or "",
        "search": f"{leader.name} {leader.country or ''} {wording.country_name(leader.country)}",
        "last": leader.overall.position.last or "" if leader.overall else "",
        "places": {p.position.item or "": _place_data(p) for p in placed},
        "statements": [_statement_data(one, counted, with_speaker) for one in leader.scored],
    }


def _place_data(placed: Placed[Position]) -> dict[str, Any]:
    return {
        "score": round(placed.position.score, 4),
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
        2 if one.judgement.reviewed_by else int(one.judgement.needs_review),
        int(counted is None or one.statement.id in counted),
        int(100 * one.judgement.confidence + 1e-9),
        *([speaker(one)] if with_speaker else []),
    ]


def _by_actor(scored: Sequence[Scored]) -> dict[str | None, list[Scored]]:
    """Statements by actor id, the newest first; what has no date comes last."""
    groups: dict[str | None, list[Scored]] = {}
    for one in scored:
        actor = one.statement.actor
        groups.setdefault(actor.id if actor else None, []).append(one)
    for group in groups.values():
        group.sort(key=lambda one: one.article.published or "", reverse=True)
    return groups


def _by_id(records: Sequence[Any]) -> Mapping[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for record in records:
        out.setdefault(record.actor_id, []).append(record)
    return out


def _by_score(leader: Leader) -> tuple[bool, float, str]:
    overall = leader.overall
    return overall is None, -overall.position.score if overall else 0.0, leader.name


def _leader(
    ids: Ids, actor_id: str, positions: list[Position], moves: list[Move], group: list[Scored], folder: str | None
) -> Leader:
    overall = next((place(p, p.counts) for p in positions if p.item is None), None)
    by_item = [place(p, p.counts) for p in positions if p.item is not None]
    by_item.sort(key=lambda placed: (-placed.position.statements, placed.position.item or ""))
    actor = group[0].statement.actor if group else None
    dom_id = ids.take("actor", actor_id)
    return Leader(
        dom_id=dom_id,
        href=_href(dom_id, folder),
        actor_id=actor_id,
        name=positions[0].actor if positions else actor.name if actor else actor_id,
        country=positions[0].country if positions else actor.country if actor else None,
        overall=overall,
        by_item=by_item,
        moves=[Moved(m, place(Estimate(*m.before)), place(Estimate(*m.after))) for m in moves],
        scored=group,
        dates=len(dated(group)),
    )


def _strangers(ids: Ids, group: list[Scored], folder: str | None) -> Leader:
    dom_id = ids.take("unregistered", "speakers")
    return Leader(dom_id, _href(dom_id, folder), None, "", None, None, [], [], group, len(dated(group)))


def _href(dom_id: str, folder: str | None) -> str:
    return f"#{dom_id}" if folder is None else f"{folder}/{dom_id}.html"
