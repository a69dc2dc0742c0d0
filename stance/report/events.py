"""Statements as rows of event data: CAMEO codes, PLOVER types, and the quad class that follows from the code.

The mapping is `assets/events.csv`, by stance, form (an act, or anything said), role (recipient where the actor speaks
for the country that the aid is for, giver otherwise) and item (an item of its own row before the rest). It is coarse:
who supports aid is coded as meaning to give it and who opposes it as refusing it, also where others would be the
givers. PLOVER codes neither appeals nor comments, so that those rows have a CAMEO code alone.

Sources: Schrodt (2012), CAMEO Conflict and Mediation Event Observations codebook 1.1b3; Open Event Data Alliance,
PLOVER manual, draft 0.8 (2021), with its conversion from CAMEO; quad classes by root code as in GDELT's codebook 2.0.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from stance.actors.memberships import country_spoken_for
from stance.counting import distinct_by_actor
from stance.records import Scored, content_id
from stance.report.files import write_csv
from stance.report.wording import plural

COLUMNS = (
    *("event_id", "date", "actor_id", "actor", "actor_country", "target_country", "cameo", "cameo_name", "quad_class"),
    *("plover", "plover_mode", "plover_context", "stance", "probability", "kind", "items", "reports"),
    *("outlet", "url", "title", "article_id", "statement_id"),
)
_MATERIAL_CONFLICT, _VERBAL_CONFLICT, _MATERIAL_COOPERATION = "14", "09", "06"


def event_rows(scored: Sequence[Scored]) -> Iterator[dict[str, Any]]:
    """One row of `COLUMNS` for each distinct statement of a registry actor that has a date, by date; copies of a
    statement are one event, that of the earliest, and counted in `reports`. A position that the writer ascribes is no
    event: nothing happened on the article's day."""
    found = [copies for actor in distinct_by_actor(scored) for copies in actor if _happened(copies[0])]
    for copies in sorted(found, key=lambda copies: (copies[0].article.published or "", copies[0].statement.id)):
        yield _row(copies[0], len(copies))


def write_events(path: Path, scored: Sequence[Scored]) -> str:
    """Writes the events as csv; returns a sentence on what no event could be made of."""
    rows = list(event_rows(scored))
    write_csv(path, COLUMNS, rows)
    left = sum(one.judgement.stance is not None for one in scored) - sum(row["reports"] for row in rows)
    without = f"{plural(left, 'statement')} of no known speaker, of no date or only ascribed left out"
    return f"{plural(len(rows), 'event')}; {without}"


def quad_class(cameo: str) -> int:
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict, by the code's root."""
    root = cameo[:2]
    if root >= _MATERIAL_CONFLICT:
        return 4
    return 3 if root >= _VERBAL_CONFLICT else 2 if root >= _MATERIAL_COOPERATION else 1


def _happened(one: Scored) -> bool:
    return one.article.published is not None and one.statement.kind != "ascribed"


def _row(one: Scored, reports: int) -> dict[str, Any]:
    article, statement, topic, stance = one.article, one.statement, one.topic, str(one.judgement.stance)
    actor = statement.actor
    assert actor is not None
    country = country_spoken_for(actor, article.published)
    asks = country is not None and country == topic.recipient
    form = "act" if statement.kind == "act" else "said"
    code = _code(stance, form, "recipient" if asks else "giver", topic.items)
    return code | {
        "event_id": content_id("event", statement.id),
        "date": article.published,
        "actor_id": actor.id,
        "actor": actor.name,
        "actor_country": country,
        # who asks asks others, and the text does not say whom
        "target_country": None if asks else topic.recipient,
        "quad_class": quad_class(code["cameo"]),
        "stance": stance,
        "probability": round(one.judgement.probabilities[stance], 4),
        "kind": statement.kind,
        "items": list(topic.items),
        "reports": reports,
        "outlet": article.source,
        "url": article.url,
        "title": article.title,
        "article_id": article.id,
        "statement_id": statement.id,
    }


def _code(stance: str, form: str, role: str, items: Sequence[str]) -> dict[str, str]:
    """The mapping's row; that of an item only where the statement is about nothing else."""
    own = items[0] if len(items) == 1 else ""
    rows = mapping()
    return rows.get((stance, form, role, own)) or rows[stance, form, role, ""]


@cache
def mapping() -> dict[tuple[str, str, str, str], dict[str, str]]:
    """The rows of `assets/events.csv` by stance, form, role and item ("" for any)."""
    keys = ("stance", "form", "role", "item")
    with (files("stance.report") / "assets" / "events.csv").open(encoding="utf-8") as handle:
        return {
            (row["stance"], row["form"], row["role"], row["item"]): {k: v for k, v in row.items() if k not in keys}
            for row in csv.DictReader(handle)
        }
