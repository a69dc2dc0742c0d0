"""What every page of the app works with, and how it is put together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup

from stance.actors.registry import Registry, load_registry
from stance.model import StanceModel, load_model
from stance.records import InputError
from stance.report.html import environment
from stance.review.people import COOKIE, name_of_token
from stance.review.queue import SKIPPED, Sharing, progress
from stance.store import Store
from stance.store.reviews import require_name
from stance.strategies import STRATEGIES

_LEASE = 600.0  # seconds for which a statement on somebody's screen goes to nobody else
_WIDEST = 200


@dataclass(frozen=True)
class Settings:
    """How the app was started.

    `annotator` is who is at work where nobody says; `tokens`: everybody must show one. `blind` hides the machine's
    suggestion. `adjudicators` may settle conflicts; everybody may where there are none.
    """

    strategy: str = "mixed"
    sharing: Sharing = field(default_factory=Sharing)
    blind: bool = False
    annotator: str | None = None
    tokens: bool = False
    adjudicators: tuple[str, ...] = ()
    model: Path | None = None
    registry: Path | None = None


class Nobody(Exception):
    """The app does not know who is at the keyboard."""


@dataclass
class Context:
    """The store, the settings, and what is loaded once. `leases` says which statement is on whose screen."""

    store: Store
    settings: Settings
    leases: dict[int, tuple[str, float]] = field(default_factory=dict)

    @cached_property
    def registry(self) -> Registry:
        """The actors that a speaker can be corrected to."""
        return load_registry(self.settings.registry)

    @cached_property
    def model(self) -> StanceModel | None:
        """The model that gives the reasons; None where suggestions are hidden."""
        return None if self.settings.blind else load_model(self.settings.model)

    def who(self, request: Request) -> str:
        """The annotator behind a request. Raises Nobody where that is not known."""
        value = request.cookies.get(COOKIE, "")
        if self.settings.tokens:
            with self.store.read() as connection:
                name = name_of_token(connection, value) if value else None
        else:
            name = _name(unquote(value)) or self.settings.annotator
        if name is None:
            raise Nobody
        return name

    def settles(self, name: str) -> bool:
        """Whether a person may settle conflicts."""
        return not self.settings.adjudicators or name in self.settings.adjudicators

    def leased(self, annotator: str) -> list[int]:
        """The statements on others' screens."""
        now = time.monotonic()
        for key in [k for k, (_, until) in self.leases.items() if until < now]:
            self.leases.pop(key, None)
        return [k for k, (name, _) in list(self.leases.items()) if name != annotator][:_WIDEST]

    def lease(self, key: int, annotator: str) -> None:
        """Keeps a statement for a person for a while."""
        self.leases[key] = (annotator, time.monotonic() + _LEASE)

    def page(self, template: str, annotator: str | None, told: dict[str, Any], status: int = 200) -> HTMLResponse:
        """A page of the app: a template with what it is told."""
        done = None
        if annotator is not None:
            with self.store.read() as connection:
                done = progress(connection, annotator, self.settings.sharing)
        html = (
            _environment()
            .get_template(template)
            .render(
                annotator=annotator,
                progress=done,
                settings=self.settings,
                strategies=STRATEGIES | {SKIPPED: "what you have skipped"},
                here=template.partition(".")[0],
                may_settle=annotator is not None and self.settles(annotator),
                **told,
            )
        )
        return HTMLResponse(html, status_code=status)


def context_of(request: Request) -> Context:
    """The app's context."""
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(context_of)]


def annotator_of(request: Request, context: Ctx) -> str:
    """Who asks. Raises Nobody."""
    return context.who(request)


Who = Annotated[str, Depends(annotator_of)]


def cookie_of(name: str) -> str:
    """A name in the form that a cookie holds."""
    return quote(name)


def _name(value: str) -> str | None:
    try:
        return require_name(value) if value else None
    except InputError:
        return None


@cache
def _environment() -> Environment:
    loader = ChoiceLoader([PackageLoader("stance.review", "assets"), PackageLoader("stance.report", "assets")])
    env = environment().overlay(loader=loader)
    env.globals |= {"codebook": codebook(), "codebook_below": codebook(below=True)}
    return env


@cache
def codebook(below: bool = False) -> Markup:
    """The codebook as HTML; no markup of its own gets through. `below` puts its headings under those of a page."""
    from markdown_it import MarkdownIt

    here = files("stance") / "CODEBOOK.md"
    text = here if here.is_file() else Path(__file__).parents[2] / "seeds" / "CODEBOOK.md"
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text.read_text(encoding="utf-8"))
    for token in tokens:
        if below and token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + 1)}"
    return Markup(reader.renderer.render(tokens, reader.options, {}))
