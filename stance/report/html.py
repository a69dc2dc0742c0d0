"""The HTML report: pages that need no network, run no code but their own, and read without JavaScript.

A report of up to SPLIT_FROM statements is one file. A larger one has an overview and, in a folder beside it, a page a
leader, so that neither is too heavy to open.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stance.report import wording
from stance.report.atomic import write_text
from stance.report.passages import visible
from stance.report.placing import place
from stance.report.view import FOLDER, Content, View, build_view, leader_views

EVIDENCE_LIMIT = 100
SPLIT_FROM = 1000
_FIRST_SHOWN = 5
# What no HTML file can hold: NUL, and halves of surrogate pairs.
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")


def write_html(
    path: Path,
    content: Content,
    *,
    title: str,
    generated: str,
    notes: Mapping[str, str] | None = None,
    evidence_limit: int = EVIDENCE_LIMIT,
    split_from: int = SPLIT_FROM,
) -> None:
    """Writes the report: one self-contained HTML file, or, from `split_from` statements on, an overview at `path` and
    a page a leader in the folder `leaders` beside it.

    `generated` says when and by what the report was made, and `notes` (heading, text) close it; both are shown
    unchanged. Of each leader the newest `evidence_limit` statements are shown; the page says how many it leaves out.
    Given the model that judged, each has its reasons.
    """
    split = sum(one.judgement.stance is not None for one in content.scored) > split_from
    view = build_view(content, evidence_limit=evidence_limit, split=split)
    told = {"title": title, "generated": generated}
    folder, written = path.parent / FOLDER, set()
    if split:
        for one in leader_views(view, content.model, evidence_limit=evidence_limit):
            name = f"{one.section.leader.dom_id}.html"
            write_text(folder / name, _page("leader-page.html.j2", one, told | {"back": path.name}))
            written.add(name)
    # pages of an earlier report in the same folder would be taken for this one's
    for old in folder.glob("*.html"):
        if old.name not in written:
            old.unlink()
    write_text(path, _page("report.html.j2", view, told | {"notes": dict(notes or {}), "summary": _summary(view)}))


def render_html(
    content: Content,
    *,
    title: str,
    generated: str,
    notes: Mapping[str, str] | None = None,
    evidence_limit: int = EVIDENCE_LIMIT,
) -> str:
    """The report as one page, however large; see `write_html`."""
    view = build_view(content, evidence_limit=evidence_limit)
    told = {"title": title, "generated": generated, "notes": dict(notes or {}), "summary": _summary(view)}
    return _page("report.html.j2", view, told)


def _page(template: str, view: Any, told: Mapping[str, Any]) -> str:
    css, js = _asset("report.css"), _asset("report.js")
    fixed = {"csp": _policy(css, js), "css": Markup(css), "js": Markup(js)}
    page = environment().get_template(template).render(view=view, **fixed, **told)
    return _UNWRITABLE.sub("\ufffd", page)


@cache
def environment() -> Environment:
    """The templates, with everything that they call; all they are given is escaped."""
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
        slice_key=wording.slice_label,
        place=place,
    )
    env.globals.update(
        plural=wording.plural,
        kinds=wording.KIND_LABELS,
        stances=wording.STANCE_LABELS,
        first_shown=_FIRST_SHOWN,
    )
    return env


@cache
def _asset(name: str) -> str:
    return files("stance.report").joinpath("assets", name).read_text(encoding="utf-8")


@cache
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
