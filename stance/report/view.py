"""What the HTML report shows, worked out before any template runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stance.records import Move, Position, Scored
from stance.report import wording
from stance.report.evidence import Evidence, evidence_of
from stance.report.leaders import Ids, Leader, Moved, filter_data, find_leaders
from stance.report.matrix import Matrix, matrix
from stance.report.tilemap import TileMap, tile_map
from stance.report.timeline import TimeAxis, TimeMark, time_axis, time_marks
from stance.report.why import Why, reasons
from stance.slices import Slice

if TYPE_CHECKING:
    from stance.model import StanceModel

FOLDER = "leaders"  # of the leaders' own pages
_BINS = 24  # of a time strip, where every day would be too much


@dataclass(frozen=True, slots=True)
class Section:
    """A leader with what is drawn of it: its newest statements, how many more it has, and its time strip."""

    leader: Leader
    evidence: list[Evidence]
    omitted: int
    strip: list[TimeMark]


@dataclass(frozen=True, slots=True)
class View:
    """The report's page. `split` tells that every leader has a page of its own, so that none has evidence here."""

    leaders: list[Leader]
    sections: list[Section]
    strangers: Section | None
    split: bool
    map: TileMap | None
    axis: TimeAxis | None
    matrix: Matrix | None
    moves: list[tuple[Leader, Moved]]
    slices: list[tuple[str, list[Slice]]]
    statements: int
    articles: int
    first: str | None
    last: str | None
    review: int
    reviewed: int
    explained: bool
    off_topic: int
    items: list[str]
    recipients: list[str]
    links: Mapping[str, str]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LeaderView:
    """The page of one leader."""

    section: Section
    axis: TimeAxis | None
    explained: bool
    items: list[str]
    recipients: list[str]
    reviewed: int
    first: str | None
    last: str | None
    links: Mapping[str, str]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a report is made of. `slices` are None where none were asked for; `model` is the one that judged."""

    scored: Sequence[Scored]
    positions: Sequence[Position]
    moves: Sequence[Move] = ()
    slices: Sequence[Slice] | None = None
    model: StanceModel | None = field(default=None, repr=False)


def build_view(content: Content, *, evidence_limit: int, split: bool = False) -> View:
    """Works out the page. Statements that are not about military aid are counted and otherwise left out.

    Evidence has its reasons where the model that judged it is given.
    """
    relevant = [one for one in content.scored if one.judgement.stance is not None]
    folder = FOLDER if split else None
    leaders, strangers = find_leaders(relevant, content.positions, content.moves, folder=folder)
    everyone = [*leaders, *([strangers] if strangers else [])]
    axis = time_axis([leader.scored for leader in everyone])
    ids = Ids()
    why = {} if split else _reasons(everyone, evidence_limit, content.model)
    shown = 0 if split else evidence_limit
    sections = [_section(leader, shown, axis, ids, why, bins=_BINS if split else None) for leader in everyone]
    known, unknown = (sections[:-1], sections[-1]) if strangers else (sections, None)
    moves = [(leader, moved) for leader in leaders for moved in leader.moves]
    moves.sort(key=lambda pair: (pair[1].move.day, pair[0].name, pair[1].move.item or ""), reverse=True)
    return View(
        leaders=leaders,
        sections=known,
        strangers=unknown,
        split=split,
        map=tile_map(leaders),
        axis=axis,
        matrix=matrix(leaders),
        moves=moves,
        slices=_groups(content.slices or ()),
        statements=len(relevant),
        articles=len({one.article.id for one in relevant}),
        review=sum(one.judgement.needs_review for one in relevant),
        explained=bool(why),
        off_topic=len(content.scored) - len(relevant),
        links={} if split else _links(sections),
        data={leader.dom_id: filter_data(leader) for leader in everyone},
        **_ranges(relevant),
    )


def leader_views(view: View, model: StanceModel | None, *, evidence_limit: int) -> Iterator[LeaderView]:
    """The pages of the leaders of a split report, and of the speakers outside the registry, one by one."""
    for drawn in [*view.sections, *([view.strangers] if view.strangers else [])]:
        leader = drawn.leader
        axis = time_axis([leader.scored])
        why = _reasons([leader], evidence_limit, model)
        section = _section(leader, evidence_limit, axis, Ids(), why)
        yield LeaderView(
            section=section,
            axis=axis,
            explained=bool(why),
            links=_links([section]),
            data={leader.dom_id: view.data[leader.dom_id]},
            **_ranges(leader.scored),
        )


def _section(
    leader: Leader, limit: int, axis: TimeAxis | None, ids: Ids, why: Mapping[str, Why], bins: int | None = None
) -> Section:
    group = leader.scored
    with_strip = axis is not None and leader.dates > 1 and leader.actor_id is not None
    return Section(
        leader=leader,
        evidence=evidence_of(group[:limit], leader.counted, lambda raw: ids.take("statement", raw), why),
        omitted=max(0, len(group) - limit),
        strip=time_marks(group, axis, bins) if with_strip and axis else [],
    )


def _reasons(leaders: Sequence[Leader], limit: int, model: StanceModel | None) -> dict[str, Why]:
    return reasons([one for leader in leaders for one in leader.scored[:limit]], model) if model else {}


def _links(sections: Sequence[Section]) -> dict[str, str]:
    """Where on the page each statement stands, by its id."""
    return {e.scored.statement.id: f"#{e.dom_id}" for section in sections for e in section.evidence}


def _groups(slices: Sequence[Slice]) -> list[tuple[str, list[Slice]]]:
    """The slices of all actors together, by dimension."""
    found: dict[str, list[Slice]] = {}
    for one in slices:
        if one.actor_id is None:
            found.setdefault(one.by, []).append(one)
    return list(found.items())


def _ranges(scored: Sequence[Scored]) -> dict[str, Any]:
    """Between what the filters choose."""
    days = sorted(one.article.published for one in scored if one.article.published)
    return {
        "first": days[0] if days else None,
        "last": days[-1] if days else None,
        "items": sorted({item for one in scored for item in one.topic.items}, key=wording.item_label),
        "reviewed": sum(bool(one.judgement.reviewed_by) for one in scored),
        "recipients": sorted({r for one in scored if (r := one.topic.recipient)}, key=wording.country_name),
    }
