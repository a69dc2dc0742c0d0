"""Files in and out of the app: reviews exported in the forms of other tools, and brought back from them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import HTMLResponse, StreamingResponse

from stance.interop import lines_of, read_judged
from stance.interop.stored import take_in, tasks_of
from stance.records import InputError
from stance.review.context import Ctx, Who
from stance.review.team import Adjudicator, adjudicator_of

router = APIRouter()
_ENDINGS = {"label-studio": "json", "csv": "csv"}
_SHOWN = 20
UPLOAD = 20 * 1024 * 1024  # bytes of a file to import


@router.get("/data", response_class=HTMLResponse)
def data(context: Ctx, who: Who) -> HTMLResponse:
    """The page of files."""
    return context.page("data.html.j2", who, {"counts": None, "skipped": []})


@router.get("/export/{form}", response_class=StreamingResponse, dependencies=[Depends(adjudicator_of)])
def export(context: Ctx, form: Literal["jsonl", "csv", "label-studio", "doccano", "prodigy"]) -> StreamingResponse:
    """Every judgement, as a file."""
    with context.store.read() as connection:
        lines = list(lines_of(tasks_of(connection), form))
    name = f"reviews-{form}.{_ENDINGS.get(form, 'jsonl')}"
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/octet-stream"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse((line.encode("utf-8") for line in lines), media_type=kind, headers=headers)


@router.post("/import", response_class=HTMLResponse, max_body_size=UPLOAD)
def bring_in(
    context: Ctx,
    who: Adjudicator,
    file: Annotated[UploadFile, File()],
    form: Annotated[Literal["", "jsonl", "csv", "label-studio", "doccano", "prodigy"], Form()] = "",
) -> HTMLResponse:
    """Judgements from a file into the history; where it does not say whose they are, they are the person's own."""
    try:
        content = file.file.read().decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text; export it again.") from None
    skipped: list[str] = []
    found = list(read_judged(content, form or None, (file.filename or "the file")[:100], who))
    counts = take_in(context.store, found, context.registry, skipped.append)
    return context.page("data.html.j2", who, {"counts": counts, "skipped": skipped[:_SHOWN]})
