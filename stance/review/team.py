"""The pages of work that several people share: agreement, conflicts and their settlement, suspected label errors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from stance.records import InputError
from stance.review.agreement import by_class, by_month, judgements_of, of_models, on_gold, pairs
from stance.review.context import Ctx, Who
from stance.review.pages import Key, decision_of_form, to
from stance.review.queue import conflicts
from stance.review.show import shown
from stance.store.reviews import add_review, ensure_annotator, statement_row
from stance.store.tables import rows_of, suspects

_MOST = 50


def adjudicator_of(context: Ctx, who: Who) -> str:
    """Who asks, if they may settle conflicts. Raises InputError where they may not."""
    if not context.settles(who):
        raise InputError(f"{who} may not settle conflicts; ask {' or '.join(context.settings.adjudicators)}.")
    return who


Adjudicator = Annotated[str, Depends(adjudicator_of)]
router = APIRouter(default_response_class=HTMLResponse)


@router.get("/agreement")
def agreement(context: Ctx, who: Who) -> HTMLResponse:
    """Kappa and alpha, by class, by pair and by month; the known answers; the models."""
    with context.store.read() as connection:
        said = judgements_of(connection)
        told: dict[str, Any] = {"gold_answers": on_gold(connection), "models": of_models(connection)}
    told |= {"classes": by_class(said), "months": by_month(said), "pairs": pairs(said)}
    return context.page("agreement.html.j2", who, told)


@router.get("/conflicts")
def conflict_list(context: Ctx, who: Adjudicator) -> HTMLResponse:
    """The statements on which people differ, with what each said."""
    with context.store.read() as connection:
        keys = connection.execute(conflicts(_MOST)).scalars().all()
        found = [shown(connection, key, who, context.registry, None, open_all=True) for key in keys]
    return context.page("conflicts.html.j2", who, {"conflicts": found})


@router.post("/statements/{key}/settlement", status_code=303, response_class=RedirectResponse)
def settle(
    context: Ctx,
    who: Adjudicator,
    key: Key,
    label: Annotated[Literal["support", "oppose", "undecided", "off-topic"], Form()],
    actor: Annotated[str, Form(max_length=300)] = "",
    spans: Annotated[str, Form(max_length=2000)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
    gold: Annotated[bool, Form()] = False,
) -> Any:
    """The last word on a statement; with `gold` it becomes a question whose answer is known."""
    with context.store.write() as connection:
        ensure_annotator(connection, who)
        row = statement_row(connection, key)
        add_review(connection, key, who, "settle", decision_of_form(context, row, label, actor, spans, note, gold))
    return to("/conflicts")


@router.get("/suspects")
def suspected(context: Ctx, who: Who) -> HTMLResponse:
    """The labels that the newest audit doubts, the most doubtful first."""
    with context.store.read() as connection:
        rows = rows_of(connection, select(suspects).order_by(suspects.c.quality).limit(500))
    return context.page("suspects.html.j2", who, {"suspects": rows})
