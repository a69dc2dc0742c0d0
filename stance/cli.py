"""The commands: each parses its arguments, calls one function of the library, and prints.

Data goes to stdout, progress and notes to stderr. Exit codes: 0 done, 2 bad input or usage (one sentence on stderr),
1 a defect of ours. Slow libraries are imported inside the commands, so that `stance --help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stance.console import (
    Counted,
    articles_of,
    check_classes,
    finish,
    folder_for,
    note,
    progress,
    reviewed,
    score_all,
    score_into,
    score_many,
    scored_of,
    searched,
)
from stance.fetch.command import fetch
from stance.records import InputError, visible
from stance.review import commands

if TYPE_CHECKING:
    from stance.readers import Skipped

app = typer.Typer(
    name="stance",
    help="Where each leader stands on sending military aid, read from news articles.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Paths = Annotated[
    list[str], typer.Argument(help="Article files or folders; - reads standard input.", show_default=False)
]
MorePaths = Annotated[
    list[str] | None,
    typer.Argument(
        help="Article files or folders; - reads standard input. None with --db: all in it.", show_default=False
    ),
]
Db = Annotated[
    str | None,
    typer.Option("--db", help="A database file, or postgresql://…, that keeps articles, judgements and reviews."),
]
Registry = Annotated[Path | None, typer.Option("--registry", help="Your own actors (JSON lines), merged over ours.")]
Model = Annotated[Path | None, typer.Option("--model", help="A model folder; the released model by default.")]
Date = Annotated[str | None, typer.Option("--date", help="YYYY-MM-DD for articles that carry no date of their own.")]
Target = Annotated[str | None, typer.Option("--target", help="Only the labeled sentences of this target.")]
HalfLife = Annotated[
    float | None,
    typer.Option("--half-life", min=0, help="Days after which a statement counts half, 0 for none; else four years."),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.")]


def main() -> None:
    """Runs the command line; bad input becomes one sentence and exit code 2."""
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        sys.exit(app(standalone_mode=False))
    except InputError as error:
        print(f"stance: {visible(str(error))}", file=sys.stderr)
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        # the reader of our output has left ("stance score … | head"): nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        print("stance: stopped.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        # a usage error of the command line's parser; anything else is a defect of ours and shows itself whole
        if getattr(error, "exit_code", None) != 2 or not hasattr(error, "format_message"):
            raise
        message = " ".join(error.format_message().split()).rstrip(".")
        if message:
            print(f"stance: {message}; see `stance --help`.", file=sys.stderr)
        sys.exit(2)


@app.command()
def report(
    out: Annotated[Path, typer.Option("--out", help="Folder of the report: page, statements, positions, moves.")],
    paths: MorePaths = None,
    db: Db = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Only actors whose name or id holds this.")] = None,
    item: Annotated[str | None, typer.Option("--item", help="Only statements about this item.")] = None,
    recipient: Annotated[str | None, typer.Option("--recipient", help="Only aid to this country (alpha-3).")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only articles of this day (YYYY-MM-DD) or later.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Only articles of this day or earlier.")] = None,
    half_life: HalfLife = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", help="Also slices.csv, by any of recipient,item,month,quarter,year,country,party,alliance."
        ),
    ] = None,
    also: Annotated[
        str | None,
        typer.Option(
            "--also",
            help="More files: csv,parquet,xlsx,markdown,appendix,matrix,agreement,events,schema or all.",
        ),
    ] = None,
    model: Model = None,
    registry: Registry = None,
    date: Date = None,
    jobs: Jobs = 1,
) -> None:
    """The main job: reads articles, scores statements, writes the report and prints the per-leader table.

    With --db the articles are saved there, and the report is of all that it holds, as people have corrected it.
    """
    from stance.counting import HALF_LIFE
    from stance.model import load_model
    from stance.report.also import parse_also
    from stance.report.build import Narrow, build_report
    from stance.report.table import positions_table, positions_text
    from stance.slices import parse_by

    dimensions, exports = parse_by(by), parse_also(also)
    narrow = Narrow(actor, item, recipient, since, until)
    narrow.check()
    check_classes(model)
    if db is None:
        scored, articles = score_all(paths or [], model, registry, date, jobs)
    else:
        scored, articles = reviewed(db, paths or [], model, registry, date, jobs)
    folder_for(out)
    days = HALF_LIFE if half_life is None else half_life
    found, told = build_report(scored, narrow, out, articles, load_model(model), days, dimensions, exports)
    if sys.stdout.isatty():
        from rich.console import Console

        Console().print(positions_table(found))
    else:
        sys.stdout.write(positions_text(found))
    for line in told:
        note(line)
    note(f"{len({p.actor_id for p in found})} leaders, report in {out / 'report.html'}")


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="A report's folder, its statements.jsonl, or with --of a period.")],
    after: Annotated[str, typer.Argument(help="The same, for the later side.")],
    of: Annotated[
        Path | None, typer.Option("--of", help="The report of which two periods are compared: 2023, 2024-Q1, 2024-03.")
    ] = None,
    half_life: HalfLife = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write; standard output by default.")] = None,
    model: Model = None,
) -> None:
    """Two reports or periods side by side: who moved, new voices, lost voices."""
    from stance.compare import compare as contrast
    from stance.model import load_model
    from stance.report.atomic import write_text
    from stance.report.comparison import comparison_line, comparison_tables, comparison_text
    from stance.report.stored import sides

    if form not in ("text", "json"):
        raise InputError(f"{form!r} is no format for a comparison: choose text or json.")
    old, new, age = sides(before, after, of)
    found = contrast(old, new, age if half_life is None else half_life, load_model(model).errors)
    names = (before, after)
    if out is None and form == "text" and sys.stdout.isatty():
        from rich.console import Console

        Console().print(comparison_tables(found, names))
        return
    text = comparison_line(found, names) if form == "json" else comparison_text(found)
    if out is None:
        sys.stdout.write(text)
    else:
        folder_for(out.parent)
        write_text(out, text)
    note(f"{len(found.moved)} moved, {len(found.same)} did not clearly, {len(found.new)} new, {len(found.lost)} lost")


@app.command()
def score(
    paths: MorePaths = None,
    db: Db = None,
    target: Annotated[
        str | None,
        typer.Option("-o", "--out", help="File to write, or a folder of parquet parts; standard output by default."),
    ] = None,
    form: Annotated[str | None, typer.Option("--format", help="jsonl, csv or parquet.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Keep off-topic statements too (their stance is null).")
    ] = False,
    model: Model = None,
    registry: Registry = None,
    date: Date = None,
    jobs: Jobs = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run into a folder that was stopped.")] = False,
    engine: Annotated[str | None, typer.Option("--engine", help="dask: score on a cluster, into a folder.")] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", help="The cluster's scheduler: tcp://host:8786.")] = (
        None
    ),
) -> None:
    """One record per statement about military aid, with its stance, probabilities and reasons.

    Into a folder it streams: one parquet file for some thousand articles, and a manifest by which --resume goes on
    after whatever stopped it. With --db statements are kept there, over what it holds of the same articles; with no
    paths, all of its articles are scored anew. Reviews stay.
    """
    from stance.model import load_model
    from stance.report.files import StatementWriter

    if (engine is None) != (scheduler is None) or engine not in (None, "dask"):
        raise InputError("To score on a cluster give both --engine dask and the --scheduler's address.")
    if scheduler is not None:
        if target is None or db is not None or form not in (None, "parquet"):
            raise InputError("A cluster scores into a folder of parquet parts; name the folder by -o, without --db.")
        score_many(paths or [], target, model, registry, date, everything, jobs, resume, scheduler)
        return
    out = None if target is None else Path(target)
    if db is not None:
        score_into(db, paths or [], model, registry, date, jobs, everything, out, form)
        return
    if out is not None and form in (None, "parquet") and (out.is_dir() or not (out.suffix or out.exists())):
        score_many(paths or [], str(out), model, registry, date, everything, jobs, resume)
        return
    if resume:
        raise InputError("--resume goes on with a run into a folder; name the folder by -o.")
    if out is not None:
        folder_for(out.parent)
    skipped: list[Skipped] = []
    writer = StatementWriter(out if out is not None else sys.stdout.buffer, form, load_model(model).classes)
    read = Counted(articles_of(paths or [], date, skipped))
    with writer:
        for one in scored_of(read, model, registry, jobs, everything):
            writer.write(one)
    finish(read.count, skipped)


@app.command()
def label(
    paths: Paths,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write; standard output by default.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl, csv, label-studio, doccano or prodigy.")] = "jsonl",
    everything: Annotated[
        bool,
        typer.Option("--all", help="Every attributed statement, whoever the source and whatever the topic."),
    ] = False,
    model: Model = None,
    registry: Registry = None,
    date: Date = None,
) -> None:
    """Marks each actor's statements without judging them: the file that people annotate."""
    from stance.exports import FORMATS, label_lines
    from stance.pipeline import labeled_articles
    from stance.report.atomic import write_text

    if form not in FORMATS:
        raise InputError(f"{form!r} is no format for labels: choose one of {', '.join(FORMATS)}.")
    skipped: list[Skipped] = []
    read = Counted(articles_of(paths, date, skipped))
    lines = label_lines(labeled_articles(progress(read), model, registry, everything), form)
    if out is None:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        sys.stdout.writelines(lines)
    else:
        folder_for(out.parent)
        write_text(out, "".join(lines))
    finish(read.count, skipped)


@app.command()
def classify(
    file: Annotated[
        str | None, typer.Argument(help="Lines, .jsonl or .csv with text; standard input by default.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    model: Model = None,
) -> None:
    """Sentences in, one judgement per line out, in order; `relevance` tells whether it is about military aid."""
    from stance.classify import classify_lines
    from stance.model import load_model
    from stance.readers import read_sentences

    if form not in ("jsonl", "csv"):
        raise InputError(f"{form!r} is no format for judgements: choose jsonl or csv.")
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    for line in classify_lines(read_sentences(file), load_model(model), form):
        sys.stdout.write(line)


@app.command()
def train(
    labeled: Annotated[
        list[Path] | None, typer.Argument(help="Labeled sentences: jsonl or csv files, or folders of them.")
    ] = None,
    db: Db = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the model, its metrics and its card.")] = Path(
        "model"
    ),
    target: Target = None,
    search: Annotated[bool, typer.Option("--search", help="Choose the settings by search, whole writers held out.")] = (
        False
    ),
    minutes: Annotated[float, typer.Option("--minutes", min=0, help="Time limit of the search.")] = 10.0,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the slow figures that hold out each writer, item and the like.")
    ] = False,
    jobs: Jobs = 1,
) -> None:
    """Fits, calibrates and cross-validates the models; writes them with their metrics and card.

    With --db the statements that people have reviewed there train too, and the figures tell what they bought.
    """
    from training.corpus import about, load_labeled, stance_rows
    from training.fit import check
    from training.fit import train as fit
    from training.holdouts import KINDS
    from training.show import metrics_text

    given = labeled or []
    reviewed = commands.reviewed_of(db) if db is not None else []
    rows = load_labeled(given, target) if given or not reviewed else []
    everything = [*rows, *(one.row for one in reviewed)]
    check(everything)
    folder_for(out)
    chosen = searched(stance_rows(everything, "train"), minutes) if search else None
    metrics = fit(rows, out, chosen, () if quick else tuple(KINDS), jobs, note, about(given), reviewed)
    sys.stdout.write(metrics_text(metrics))
    note(f"model, metrics.json and README.md in {out}")


@app.command()
def evaluate(
    labeled: Annotated[list[Path], typer.Argument(help="Labeled sentences; their test split where they have one.")],
    model: Model = None,
    target: Target = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Writes all figures to this file too.")] = None,
) -> None:
    """macro-F1, per class P/R/F1, calibration, coverage against accuracy, confusion, behavioural tests, drift."""
    from stance.model import load_model
    from stance.report.atomic import write_text
    from training.corpus import load_labeled
    from training.evaluate import evaluate as figures
    from training.evaluate import of_training
    from training.show import metrics_text

    rows = load_labeled(labeled, target)
    splits = {row.split for row in rows}
    split = "test" if "test" in splits else sorted(splits)[0]
    if len(splits) > 1:
        note(f"the files hold splits {', '.join(sorted(splits))}: evaluating on {split} alone")
    chosen = load_model(model)
    metrics = figures(rows, chosen, split)
    sys.stdout.write(metrics_text(metrics))
    told = of_training(chosen)
    if told:
        sys.stdout.write("\nmeasured when the model was trained\n\n" + metrics_text(told))
    for warning in metrics.get("drift", {}).get("warnings", ()):
        note(f"warning: {warning}.")
    if as_json is not None:
        write_text(as_json, json.dumps(metrics | {"of_training": told}, indent=1) + "\n")


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="The statement.")],
    model: Model = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Which words of a statement pushed its judgement where, in log-odds, and the labeled sentences nearest to it."""
    from stance.classify import explain_text, explanation
    from stance.model import load_model

    if not text.strip():
        raise InputError("the text to explain is empty; give a statement in quotation marks.")
    if form not in ("text", "json"):
        raise InputError(f"{form!r} is no format for an explanation: choose text or json.")
    chosen = load_model(model)
    found = explanation(text, chosen)
    if form == "json":
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(explain_text(found, chosen.issue), end="")


@app.command()
def actors(
    query: Annotated[str | None, typer.Argument(help="Words of a name, country or title.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="Only who was in office that day (YYYY-MM-DD).")] = None,
    registry: Registry = None,
    form: Annotated[str, typer.Option("--format", help="text or jsonl.")] = "text",
) -> None:
    """Looks the registry up: who held which office when."""
    from stance.actors.registry import load_registry
    from stance.actors.show import actor_json, actor_line
    from stance.readers.rows import require_day

    require_day("--on", on)
    for found in load_registry(registry).search(query, on):
        print(json.dumps(actor_json(found), ensure_ascii=False) if form == "jsonl" else actor_line(found, on))


for command in (commands.review, commands.export, commands.audit, fetch):
    app.command()(command)
app.command("import")(commands.bring_in)


if __name__ == "__main__":
    main()
