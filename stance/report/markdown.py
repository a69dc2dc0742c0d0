"""Text made safe for GitHub-flavoured markdown, and the overall positions as a table of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from stance.records import STANCES, Position
from stance.report.atomic import write_text
from stance.report.wording import STANCE_LABELS, country_name, day_label, one_line, safe_url, signed

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#~&@!$^=]")
_LINK = re.compile(r"(?<=\w):(?=//)|(?<=www)\.", re.IGNORECASE)  # else bare addresses become links
_START = re.compile(r"^([-+]|\d+(?=[.)]))")
_HEAD = ("Leader", "Country", "Score", "90% interval", "Statements", "Articles")


def plain(text: str) -> str:
    """Any text as one line of markdown that shows just that text: no markup, links, mentions or cell ends."""
    escaped = _LINK.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\g<0>", " ".join(one_line(text).split())))
    return _START.sub(_started, escaped).replace("|", "&#124;")


def link(url: str | None) -> str:
    """A url as a link where it is fit to be one, otherwise as plain text; nothing for None."""
    safe = safe_url(url)
    return f"<{safe}>" if safe else plain(url or "")


def write_positions_markdown(path: Path, positions: Sequence[Position], facts: Mapping[str, str]) -> None:
    """Writes the overall positions as a table, then the facts about the report."""
    head = (*_HEAD, *(STANCE_LABELS[stance] for stance in STANCES), "First", "Last")
    rules = ("---", "---", *("---:" for _ in range(4 + len(STANCES))), "---", "---")
    rows = [head, rules, *(_cells(p) for p in positions if p.item is None)]
    lines = ["# Positions on military aid", "", *("| " + " | ".join(row) + " |" for row in rows), ""]
    lines += ["The score runs from −1 (opposes) to +1 (supports); copies of a statement count once.", ""]
    lines += [f"- {plain(name)}: {plain(fact)}" for name, fact in facts.items()]
    write_text(path, "\n".join(lines) + "\n")


def _cells(position: Position) -> tuple[str, ...]:
    return (
        plain(position.actor),
        plain(country_name(position.country)),
        signed(position.score),
        f"{signed(position.low)} to {signed(position.high)}",
        str(position.statements),
        str(position.articles),
        *(str(position.counts.get(stance, 0)) for stance in STANCES),
        plain(day_label(position.first, short=True)),
        plain(day_label(position.last, short=True)),
    )


def _started(match: re.Match[str]) -> str:
    """What would begin a list, unable to: "-" with a backslash, the digits of "1." with a space of no width."""
    return "\\" + match[0] if match[0] in "-+" else match[0] + "\u2060"
