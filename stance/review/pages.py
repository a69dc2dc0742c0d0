"""The pages of one person's work: the queue, a statement, the review of it, undo, leaders, the codebook."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from sqlalchemy import Connection, case, func, select

from stance.actors.registry import fold
from stance.records import Actor, InputError, Office, Span, clean, spans_of
from stance.report.evidence import passage
from stance.review.context import Context, Ctx, Who, annotator_of, cookie_of
from stance.review.people import COOKIE, name_of_token
from stance.review.queue import next_statement
from stance.review.show import shown
from stance.store.loading import HIDDEN, SHOWN, article_of, judged, outcomes_of, scored_of_row
from stance.store.reviews import Decision, add_review, ensure_annotator, statement_row, undo
from stance.store.tables import Row, articles, rows_of, statements

Key = Annotated[int, Path(ge=1, le=2**31 - 1)]
Strategy = Literal["mixed", "uncertainty", "disagreement", "novelty", "random", "skipped"]
Label = Literal["support", "oppose", "undecided", "off-topic", "speaker", "skip"]
ActorId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
_MOST = 8  # actors offered
_WITH_ID = re.compile(r"\[([^\[\]]+)\]$")
_PAGE = 100  # statements of a leader on a page


router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
def home(context: Ctx, who: Who) -> HTMLResponse:
    """What there is to do."""
    return context.page("home.html.j2", who, {})


@router.get("/queue", status_code=303, response_class=RedirectResponse)
def queue(context: Ctx, who: Who, strategy: Strategy | None = None) -> Any:
    """On to the statement that teaches most."""
    chosen = strategy or context.settings.strategy
    with context.store.read() as connection:
        key = next_statement(connection, who, chosen, context.settings.sharing, context.leased(who))
    if key is None:
        return context.page("done.html.j2", who, {"strategy": chosen})
    context.lease(key, who)
    return to(f"/statements/{key}?strategy={chosen}")


@router.get("/statements/{key}")
def statement(context: Ctx, who: Who, key: Key, strategy: Strategy = "mixed") -> HTMLResponse:
    """One statement in its article."""
    with context.store.read() as connection:
        found = shown(connection, key, who, context.registry, context.model)
    return context.page("statement.html.j2", who, {"s": found, "strategy": strategy})


@router.post("/statements/{key}/reviews", status_code=303, response_class=RedirectResponse)
def review(
    context: Ctx,
    who: Who,
    key: Key,
    label: Annotated[Label, Form()],
    actor: Annotated[str, Form(max_length=300)] = "",
    spans: Annotated[str, Form(max_length=2000)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
    strategy: Annotated[Strategy, Form()] = "mixed",
    leader: Annotated[str, Form(max_length=200)] = "",
    article: Annotated[str, Form(max_length=64)] = "",
) -> Any:
    """A person's word on a statement; it is on the disk when this answers.

    `article` is the id of the text that the person has read: offsets in an older one would be those of other words.
    """
    with context.store.write() as connection:
        ensure_annotator(connection, who)
        if label == "skip":
            add_review(connection, key, who, "skip")
        else:
            row, chosen = statement_row(connection, key), None if label == "speaker" else label
            if article and article != row["article_id"]:
                raise InputError("the article has changed since you opened it; go back to the queue and look again.")
            add_review(connection, key, who, "judge", decision_of_form(context, row, chosen, actor, spans, note))
    context.leases.pop(key, None)
    return to(f"/leaders/{_quoted(leader)}#s{key}" if leader else f"/queue?strategy={strategy}")


@router.post("/undo", status_code=303, response_class=RedirectResponse)
def take_back(context: Ctx, who: Who, strategy: Annotated[Strategy, Form()] = "mixed") -> Any:
    """Takes the person's newest review back, and shows its statement."""
    with context.store.write() as connection:
        ensure_annotator(connection, who)
        key = undo(connection, who)
    return to(f"/statements/{key}?strategy={strategy}" if key else f"/queue?strategy={strategy}")


@router.get("/actors", response_model=None, response_class=JSONResponse, dependencies=[Depends(annotator_of)])
def actors(
    context: Ctx,
    q: Annotated[str, Query(max_length=200)] = "",
    on: Annotated[str, Query(max_length=10, pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = "",
) -> list[dict[str, Any]]:
    """Actors of the registry whose name, country or title holds the words, those in office that day first."""
    return [
        {
            "id": a.id,
            "name": a.name,
            "country": a.country,
            "kind": a.kind,
            "office": _office(a.offices_on(on or None)),
        }
        for a in (find_actors(context, q, on)[:_MOST] if q.strip() else [])
    ]


@router.get("/leaders")
def leaders(context: Ctx, who: Who) -> HTMLResponse:
    """Every leader with how much of it people have judged."""
    s = statements
    with context.store.read() as connection:
        counted = (
            select(
                func.min(s.c.key).label("first"),  # the index holds it; names are looked up after
                func.count().label("total"),
                func.sum(case((s.c.judged_by > 0, 1), else_=0)).label("judged"),
            )
            # said so that SQLite, which knows nothing of how many are of which state, reads the index by leader
            .where(s.c.state.not_in(HIDDEN), s.c.actor_id.is_not(None))
            .group_by(s.c.actor_id)
            .subquery()
        )
        query = select(s.c.actor_id, s.c.actor, s.c.country, counted.c.total, counted.c.judged)
        query = query.join(counted, counted.c.first == s.c.key).order_by(counted.c.total.desc(), s.c.actor)
        rows = rows_of(connection, query)
    return context.page("leaders.html.j2", who, {"leaders": rows})


@router.get("/leaders/{actor_id}")
def leader(context: Ctx, who: Who, actor_id: ActorId, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> HTMLResponse:
    """A leader's statements, the newest first, each with its keys."""
    with context.store.read() as connection:
        query = judged().add_columns(articles.c.published).join(articles, articles.c.key == statements.c.article_key)
        query = query.where(statements.c.actor_id == actor_id, statements.c.state.in_(SHOWN))
        total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        if not total:
            raise InputError("nobody of that name has a statement here; choose from the leaders.")
        order = (articles.c.published.desc(), statements.c.key)
        rows = rows_of(connection, query.order_by(*order).limit(_PAGE).offset((page - 1) * _PAGE))
        listed = [_listed(connection, row, who) for row in rows]
    told = {"rows": listed, "actor_id": actor_id, "name": rows[0]["actor"] if rows else actor_id, "total": total}
    told |= {"number": page, "pages": -(-total // _PAGE)}
    return context.page("leader-review.html.j2", who, told)


@router.get("/codebook")
def codebook(context: Ctx, who: Who) -> HTMLResponse:
    """The codebook on a page of its own."""
    return context.page("codebook.html.j2", who, {})


@router.get("/name")
def name_form(context: Ctx) -> HTMLResponse:
    """Asks who is at the keyboard."""
    return context.page("name.html.j2", None, {})


@router.post("/name", status_code=303, response_class=RedirectResponse)
def name(context: Ctx, name: Annotated[str, Form(max_length=200)]) -> RedirectResponse:
    """Remembers who is at the keyboard: the name, or where tokens are asked for, the token."""
    with context.store.write() as connection:
        if context.settings.tokens:
            if name_of_token(connection, name.strip()) is None:
                raise InputError("this token is not known; ask whoever started the review app for yours.")
            value = name.strip()
        else:
            value = cookie_of(ensure_annotator(connection, name))
    answer = to("/")
    answer.set_cookie(COOKIE, value, max_age=30 * 86400, httponly=True, samesite="strict")
    return answer


def find_actors(context: Context, query: str, on: str) -> list[Actor]:
    """Actors by the words of a query: the one of that very name first, then those in office that day."""
    wanted, standing = fold(query), {actor.id for actor in context.registry.search(query, on or None)}
    found = context.registry.search(query)
    return sorted(
        found, key=lambda a: (fold(a.name) != wanted, a.id not in standing, wanted not in fold(a.name), a.name)
    )


def _office(offices: Sequence[Office]) -> str | None:
    return offices[-1].title if offices else None


def decision_of_form(
    context: Context, row: Row, label: str | None, actor: str, spans: str, note: str, gold: bool = False
) -> Decision:
    """A form's fields as a decision.

    `actor` is an id, a full name or both, "?" for nobody of the registry, or empty for the speaker as found.
    """
    actor = " ".join(actor.split())
    if not actor:
        actor_id, name = row["actor_id"], row["actor"]
    elif actor == "?":
        actor_id, name = None, None
    else:
        known = _actor(context, actor)
        actor_id, name = known.id, known.name
    chosen = _spans(spans) or spans_of(row["spans"])
    return Decision(label, actor_id, name, chosen, clean(note), gold)


def _actor(context: Context, text: str) -> Actor:
    """The actor that a form names: by its id, by its name, or by both as the list writes them."""
    with_id = _WITH_ID.search(text)
    by_id = context.registry.actors.get(with_id[1] if with_id else text)
    named = [by_id] if by_id else [a for a in context.registry.search(text) if fold(a.name) == fold(text)]
    if len(named) != 1:
        raise InputError(f"{text!r} is no one person or body of the registry; choose from the list.")
    return named[0]


def _spans(text: str) -> tuple[Span, ...]:
    if not text.strip():
        return ()
    try:
        return spans_of(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        raise InputError("the stretch of text cannot be read; select it again.") from None


def _listed(connection: Connection, row: Row, annotator: str) -> dict[str, Any]:
    one = scored_of_row(row, article_of(connection, row["article_key"]), row)
    own, said = outcomes_of(connection, row["key"], annotator)
    return {"key": row["key"], "scored": one, "passage": passage(one), "own": own, "said": said, "row": row}


def to(path: str) -> RedirectResponse:
    """On to another page of the app."""
    return RedirectResponse(path, status_code=303)


def _quoted(text: str) -> str:
    return quote(text, safe="")
