"""The commands around the database: the review app, annotators' tokens, files in and out, and the audit of labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stance.console import note
from stance.records import InputError

Db = Annotated[str, typer.Option("--db", help="The database file, or postgresql://….")]


def review(
    db: Db,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; others than this machine need tokens.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any that is free.")] = 8700,
    annotator: Annotated[str | None, typer.Option("--annotator", help="Who is at the keyboard; else asked.")] = None,
    team: Annotated[
        str | None,
        typer.Option("--team", help="Names, separated by commas: each gets a token (printed), and all must show one."),
    ] = None,
    strategy: Annotated[
        str, typer.Option("--strategy", help="Order of the queue: mixed, uncertainty, disagreement, novelty or random.")
    ] = "mixed",
    double: Annotated[
        float, typer.Option("--double", min=0, max=1, help="Share of statements that two people judge, blind.")
    ] = 0.0,
    gold_every: Annotated[
        int, typer.Option("--gold-every", min=0, help="A question whose answer is known, every so many; 0 for none.")
    ] = 10,
    blind: Annotated[bool, typer.Option("--blind", help="Hides the model's suggestion.")] = False,
    adjudicator: Annotated[
        str | None, typer.Option("--adjudicator", help="Who may settle conflicts, separated by commas; else everybody.")
    ] = None,
    allow_host: Annotated[
        str | None, typer.Option("--allow-host", help="Names by which browsers may call it, separated by commas.")
    ] = None,
    model: Annotated[Path | None, typer.Option("--model", help="The model whose reasons are shown.")] = None,
    registry: Annotated[Path | None, typer.Option("--registry", help="Your own actors, merged over ours.")] = None,
) -> None:
    """The review app: one statement at a time, judged by keys, over a local web page."""
    from stance.review.context import Settings
    from stance.review.queue import Sharing
    from stance.review.security import LOCAL
    from stance.review.serve import serve
    from stance.store.reviews import require_name
    from stance.strategies import STRATEGIES

    if strategy not in STRATEGIES:
        raise InputError(f"{strategy!r} is no strategy: choose one of {', '.join(STRATEGIES)}.")
    names = _names(team)
    if host not in LOCAL and not names:
        raise InputError(
            f"--host {host} lets other machines in; say with --team NAME,… who works, so that each gets a token."
        )
    settings = Settings(
        strategy=strategy,
        sharing=Sharing(double, gold_every),
        blind=blind,
        annotator=require_name(annotator) if annotator is not None else None,
        tokens=bool(names),
        adjudicators=tuple(require_name(name) for name in _names(adjudicator)),
        model=model,
        registry=registry,
    )
    serve(db, settings, host, port, names, [*LOCAL, *_names(allow_host), *([host] if host not in LOCAL else [])], note)


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
