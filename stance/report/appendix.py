"""Statements ready to be cited: numbered, grouped by speaker, each with all that a footnote wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from stance.records import Scored
from stance.report.atomic import write_text
from stance.report.files import write_csv
from stance.report.markdown import link, plain
from stance.report.wording import KIND_LABELS, STANCE_LABELS, country_name, day_label, one_line

COLUMNS = (
    *("number", "speaker", "speaker_id", "country", "source_as_written", "words", "kind", "stance", "probability"),
    *("outlet", "title", "published", "url", "path", "start", "end", "spans", "statement_id", "footnote"),
)
_UNKNOWN = "Speakers not in the registry"


def appendix_rows(scored: Sequence[Scored]) -> Iterator[dict[str, Any]]:
    """One row of `COLUMNS` for each statement, numbered from 1: by speaker, then by date; unknown speakers last.

    `start` and `end` are offsets in code points of the article's text, from the first span to the end of the last.
    """
    for number, one in enumerate(sorted(scored, key=_order), 1):
        article, statement = one.article, one.statement
        row = {
            "number": number,
            "speaker": _speaker(one),
            "speaker_id": statement.actor.id if statement.actor else None,
            "country": statement.actor.country if statement.actor else None,
            "source_as_written": statement.source.text if statement.source else None,
            "words": statement.text,
            "kind": statement.kind,
            "stance": one.judgement.stance,
            "probability": _probability(one),
            "outlet": article.source,
            "title": article.title,
            "published": article.published,
            "url": article.url,
            "path": article.path,
            "start": statement.spans[0][0] if statement.spans else None,
            "end": statement.spans[-1][1] if statement.spans else None,
            "spans": [list(span) for span in statement.spans],
            "statement_id": statement.id,
        }
        yield row | {"footnote": footnote(row)}


def footnote(row: Mapping[str, Any]) -> str:
    """A row as the text of a footnote, in one line; what is not known is left out."""
    words = one_line(" ".join(row["words"].split()))
    said = f"“{words}”" if row["kind"] == "direct" else f"{words} ({_kind(row)})"
    parts = [_named(row) + ": " + said, f"“{row['title']}”" if row["title"] else "", row["outlet"] or ""]
    parts += [day_label(row["published"]), row["url"] or row["path"] or "", _place(row)]
    return one_line(", ".join(part for part in parts if part)) + "."


def write_appendix_csv(path: Path, scored: Sequence[Scored]) -> None:
    """Writes the appendix as csv, one row a statement."""
    write_csv(path, COLUMNS, appendix_rows(scored))


def write_appendix_markdown(path: Path, scored: Sequence[Scored], facts: Mapping[str, str]) -> None:
    """Writes the appendix as markdown, a heading for each speaker and a numbered entry for each statement."""
    lines = ["# Appendix: the statements", "", *(f"- {plain(k)}: {plain(v)}" for k, v in facts.items()), ""]
    for (actor, _), rows in groupby(appendix_rows(scored), key=lambda row: (_heading(row), row["speaker_id"])):
        lines += [f"## {plain(actor)}", ""]
        for row in rows:
            lines += [f"{row['number']}. {_entry(row)}", ""]
    write_text(path, "\n".join(lines))


def _order(one: Scored) -> tuple[Any, ...]:
    actor, article = one.statement.actor, one.article
    who = (actor is None, actor.name if actor else "", actor.id if actor else "")
    return *who, article.published or "9999", article.id, one.statement.spans, one.statement.id


def _speaker(one: Scored) -> str | None:
    """The registry's name, else the source as the article has it."""
    statement = one.statement
    if statement.actor is not None:
        return statement.actor.name
    return statement.source.text if statement.source else None


def _probability(one: Scored) -> float | None:
    stance = one.judgement.stance
    return None if stance is None else round(one.judgement.probabilities[stance], 4)


def _named(row: Mapping[str, Any]) -> str:
    country = country_name(row["country"])
    name = row["speaker"] or "unnamed source"
    return f"{name} ({country})" if country and country != name else name


def _heading(row: Mapping[str, Any]) -> str:
    return _named(row) if row["speaker_id"] is not None else _UNKNOWN


def _kind(row: Mapping[str, Any]) -> str:
    return KIND_LABELS[row["kind"]].lower()


def _place(row: Mapping[str, Any]) -> str:
    return "" if row["start"] is None else f"characters {row['start']:,}–{row['end']:,}"


def _entry(row: Mapping[str, Any]) -> str:
    """One statement: its words, then who said it, where it stands, and how it was judged."""
    words = f"“{plain(row['words'])}”" if row["kind"] == "direct" else plain(row["words"])
    where = [
        f"“{plain(row['title'])}”" if row["title"] else "",
        plain(row["outlet"] or ""),
        day_label(row["published"]),
    ]
    where += [link(row["url"]), plain(row["path"] or ""), _place(row)]
    judged = f"{STANCE_LABELS[row['stance']]} ({row['probability']:.2f})" if row["stance"] else "Not about military aid"
    told = ", ".join(part for part in where if part)
    return f"{words} — {plain(_named(row))}, {_kind(row)}. {told}. {judged}. Statement {plain(row['statement_id'])}."
