"""The commands around the database: the review app, annotators' tokens, files in and out, and the audit of labels."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stance.console import folder_for, note
from stance.records import InputError, visible

if TYPE_CHECKING:
    from training.audit import Suspect
    from training.corpus import Labeled
    from training.reviews import Reviewed

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


def export(
    db: Db,
    form: Annotated[
        str,
        typer.Option("--format", help="jsonl, csv, label-studio(-config), doccano, prodigy or huggingface."),
    ] = "jsonl",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="File (a folder for huggingface); standard output by default.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the statements that nobody has judged.")] = False,
    names: Annotated[bool, typer.Option("--names", help="Annotators by name in the huggingface data set.")] = False,
) -> None:
    """People's judgements in the forms of other tools, and as a data set with its card."""
    from contextlib import closing

    from stance.interop import FORMATS, label_studio, lines_of
    from stance.interop.huggingface import write_dataset
    from stance.interop.stored import settled_tasks, tasks_of
    from stance.report.atomic import write_text
    from stance.store import open_store

    if form not in (*FORMATS, "huggingface", "label-studio-config"):
        raise InputError(f"{form!r} is no format for reviews: choose one of {', '.join(FORMATS)} or huggingface.")
    if form == "huggingface" and out is None:
        raise InputError("a huggingface data set is a folder; name it with -o.")
    if out is not None:
        folder_for(out if form == "huggingface" else out.parent)
    with closing(open_store(db, create=False)) as store, store.read() as connection:
        if form == "huggingface":
            assert out is not None
            count = write_dataset(out, settled_tasks(connection), names)
            note(f"{count} statements in {out}")
            return
        config = form == "label-studio-config"
        text = label_studio.label_config() if config else "".join(lines_of(tasks_of(connection, everything), form))
    if out is None:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        sys.stdout.write(text)
    else:
        write_text(out, text)


def bring_in(
    db: Db,
    files: Annotated[list[Path], typer.Argument(help="Files that Label Studio, doccano, Prodigy or stance exported.")],
    form: Annotated[
        str | None,
        typer.Option("--format", help="jsonl, csv, label-studio, doccano or prodigy; else as found."),
    ] = None,
    annotator: Annotated[str | None, typer.Option("--annotator", help="Who judged, if the file does not say.")] = None,
    registry: Annotated[Path | None, typer.Option("--registry", help="Your own actors, merged over ours.")] = None,
) -> None:
    """Judgements made in other tools, into the history of the database; what is there already is not added again."""
    from collections import Counter
    from contextlib import closing

    from stance.actors.registry import load_registry
    from stance.interop import read_judged
    from stance.interop.stored import take_in
    from stance.store import open_store

    read = [(file, _text_of(file)) for file in files]
    found = [(file, list(read_judged(text, form, str(file), annotator))) for file, text in read]
    counts: Counter[str] = Counter()
    with closing(open_store(db, create=False)) as store:
        for file, judged in found:
            skipped: list[str] = []
            counts += take_in(store, judged, load_registry(registry), skipped.append)
            for reason in skipped[:20]:
                note(f"skipped {file}, {reason}")
    note(", ".join(f"{counts[name]} {name}" for name in ("added", "there already", "skipped")))


def audit(
    labeled: Annotated[
        list[Path] | None, typer.Argument(help="Labeled sentences: jsonl or csv files, or folders of them.")
    ] = None,
    db: Annotated[str | None, typer.Option("--db", help="Audits its reviews too; the app lists the finds.")] = (None),
    target: Annotated[str | None, typer.Option("--target", help="Only the labeled sentences of this target.")] = None,
    form: Annotated[str, typer.Option("--format", help="text or jsonl.")] = "text",
    most: Annotated[int, typer.Option("--most", min=1, help="How many to print.")] = 50,
) -> None:
    """Suspected label errors: what a model trained without a sentence would not call it. For a second look."""
    from training.audit import audit as find
    from training.corpus import load_labeled

    if form not in ("text", "jsonl"):
        raise InputError(f"{form!r} is no format for suspects: choose text or jsonl.")
    reviewed = reviewed_of(db) if db is not None else []
    rows = load_labeled(labeled or [], target) if labeled or not reviewed else []
    everything = [*rows, *(one.row for one in reviewed)]
    found = find(everything)
    if db is not None:
        keys = [None] * len(rows) + [one.key for one in reviewed]
        _keep(db, [(keys[s.index], everything[s.index], s) for s in found])
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    for one in found[:most]:
        row = everything[one.index]
        if form == "jsonl":
            said = {"quality": round(one.quality, 4), "label": one.label, "suggested": one.suggested}
            print(json.dumps(said | {"place": row.place, "text": row.text}, ensure_ascii=False))
        else:
            print(f"{one.quality:.3f}\t{one.label} -> {one.suggested}\t{visible(str(row.place))}\t{visible(row.text)}")
    note(f"{len(found)} of {len(everything)} labels are suspect")


def reviewed_of(db: str) -> list[Reviewed]:
    """The reviewed statements of a database."""
    from contextlib import closing

    from stance.actors.registry import load_registry
    from stance.store import open_store
    from training.reviews import reviewed_rows

    with closing(open_store(db, create=False)) as store:
        return reviewed_rows(store, load_registry())


def _keep(db: str, found: Sequence[tuple[int | None, Labeled, Suspect]]) -> None:
    from contextlib import closing

    from sqlalchemy import delete, insert

    from stance.store import open_store
    from stance.store.reviews import now
    from stance.store.tables import suspects

    at = now()
    with closing(open_store(db, create=False)) as store, store.write() as connection:
        connection.execute(delete(suspects))
        for key, row, one in found:
            said = {"label": one.label, "suggested": one.suggested, "quality": one.quality}
            kept = {"at": at, "statement_key": key, "place": row.place or "", "text": row.text}
            connection.execute(insert(suspects).values(said | kept))


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}); check the path.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} is not UTF-8 text; export it again.") from None


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
