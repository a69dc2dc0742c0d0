"""The HTML report: one file that needs no network, runs no code but its own, and reads without JavaScript."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stance.records import Position, Scored
from stance.report import wording
from stance.report.atomic import write_text
from stance.report.passages import visible
from stance.report.view import View, build_view

if TYPE_CHECKING:
    from stance.model import StanceModel

EVIDENCE_LIMIT = 100
_FIRST_SHOWN = 5
_LONG = 1000  # statements from which on the page is laid out piece by piece
# What no HTML file can hold: NUL, and halves of surrogate pairs.
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")


def write_html(
    path: Path,
    scored: Sequence[Scored],
    positions: Sequence[Position],
    *,
    title: str,
    generated: str,
    notes: Mapping[str, str] | None = None,
    evidence_limit: int = EVIDENCE_LIMIT,
    model: StanceModel | None = None,
) -> None:
    """Writes the report as one self-contained HTML file.

    `positions` holds per actor one position with item None (overall) and further ones by item. `generated`
    says when and by what the report was made, and `notes` (heading, text) close it; both are shown unchanged.
    Of each leader the newest `evidence_limit` statements are shown; the page says how many it leaves out. `model`,
    the one that judged, gives its reasons for each of these.
    """
    page = render_html(
        scored,
        positions,
        title=title,
        generated=generated,
        notes=notes,
        evidence_limit=evidence_limit,
        model=model,
    )
    write_text(path, page)


def render_html(
    scored: Sequence[Scored],
    positions: Sequence[Position],
    *,
    title: str,
    generated: str,
    notes: Mapping[str, str] | None = None,
    evidence_limit: int = EVIDENCE_LIMIT,
    model: StanceModel | None = None,
) -> str:
    """The report as a string; see `write_html`."""
    view = build_view(scored, positions, evidence_limit=evidence_limit, model=model)
    css, js = _asset("report.css"), _asset("report.js")
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            title=title,
            generated=generated,
            notes=dict(notes or {}),
            summary=_summary(view),
            csp=_policy(css, js),
            css=Markup(css),
            js=Markup(js),
        )
    )
    return _UNWRITABLE.sub("\ufffd", page)


@cache
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("stance.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        visible=visible,
        attr=wording.one_line,
        signed=wording.signed,
        country=wording.country_name,
        item=wording.item_label,
        day=wording.day_label,
        safe_url=wording.safe_url,
    )
    env.globals.update(
        plural=wording.plural,
        kinds=wording.KIND_LABELS,
        stances=wording.STANCE_LABELS,
        first_shown=_FIRST_SHOWN,
        long_from=_LONG,
    )
    return env


@cache
def _asset(name: str) -> str:
    return files("stance.report").joinpath("assets", name).read_text(encoding="utf-8")


def _policy(css: str, js: str) -> Markup:
    """The content security policy: nothing is loaded, and only this style sheet and this script count."""
    return Markup(
        f"default-src 'none'; style-src '{_digest(css)}'; script-src '{_digest(js)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _summary(view: View) -> str:
    """The findings in a sentence: how many leaders clearly support, clearly oppose, or cannot be placed."""
    leans = [leader.overall.lean for leader in view.leaders if leader.overall]
    if not leans:
        return "No leader could be placed."
    support, oppose, unclear = (leans.count(lean) for lean in ("support", "oppose", "undecided"))
    aid = "giving military aid"
    parts = [
        (support, f"{support:,} clearly {'supports' if support == 1 else 'support'} {aid}"),
        (oppose, f"{oppose:,} clearly {'opposes' if oppose == 1 else 'oppose'} {'it' if support else aid}"),
        (unclear, f"{unclear:,} cannot be placed on either side"),
    ]
    said = [part for number, part in parts if number]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return f"Of {wording.plural(len(leans), 'leader')}, {listed}."
