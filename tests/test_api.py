"""The library from Python: `stance.report` and `stance.score`, their tables, and the notebook of the docs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from report_sample import hostile, sample
from test_cli import stance as command

import stance
from stance.api import Positions, Statements
from stance.positions import positions
from stance.report import html

ROOT = Path(__file__).resolve().parents[1]
NEWS = {
    "text": "The chancellor spoke. Olaf Scholz said Germany would send ten more tanks to Ukraine this summer.",
    "published": "2024-05-03",
    "publisher": "The Harbour Gazette",
}


@pytest.fixture(scope="module")
def found() -> stance.Report:
    return stance.report(
        [NEWS, stance.Article("x", None, "Viktor Orbán said Hungary would not send weapons to Ukraine.", "2024-05-04")]
    )


def test_articles_of_every_kind_are_scored(tmp_path):
    (tmp_path / "2024-05-03-a.txt").write_text(NEWS["text"], encoding="utf-8")
    for given in (str(tmp_path), tmp_path, [tmp_path / "2024-05-03-a.txt"], [NEWS]):
        (one,) = stance.score(given)
        assert one.statement.actor
        assert (one.statement.actor.name, one.judgement.stance) == ("Olaf Scholz", "support")
        assert one.article.published == "2024-05-03"
    (one,) = stance.score([NEWS])
    assert one.article.source == "The Harbour Gazette"


def test_what_cannot_be_read_is_listed():
    scored = stance.score([NEWS, {"headline": "only"}, {"text": ""}])
    assert scored.articles == 1
    assert [one.where for one in scored.skipped] == ["article 2", "article 3"]
    assert "put the article in text" in scored.skipped[0].reason
    with pytest.raises(stance.InputError, match="no file or folder"):
        stance.score("no/such/folder")
    with pytest.raises(stance.InputError, match="--item"):
        stance.report([NEWS], item="bicycles")


def test_a_report_holds_positions_from_support_to_oppose(found):
    overall = [p for p in found.positions if p.item is None]
    assert [p.actor for p in overall] == ["Olaf Scholz", "Viktor Orbán"]
    assert found.positions.of("Viktor Orbán")[0].counts["oppose"] == 1
    assert found.moves == ()
    assert {s.key for s in found.slices("alliance", "year") if s.by == "year"} == {"2024"}
    with pytest.raises(stance.InputError, match="slice by"):
        found.slices("planet")


def test_scored_statements_are_not_scored_again(found):
    again = stance.report(found.statements, since="2024-05-04")
    assert [one.statement.id for one in again.statements] == [found.statements[1].statement.id]
    assert [p.actor for p in again.positions if p.item is None] == ["Viktor Orbán"]


def test_tables_agree(found):
    for records, key in ((found.statements, "id"), (found.positions, "actor_id")):
        arrow, pandas, polars = records.to_arrow(), records.to_pandas(), records.to_polars()
        assert arrow.num_rows == len(pandas) == len(polars) == len(records)
        assert arrow[key].to_pylist() == list(pandas[key]) == polars[key].to_list()
        assert list(pandas.columns) == polars.columns == arrow.column_names


def test_files_are_those_of_the_command_line(found, tmp_path):
    told = found.write(tmp_path / "api", by=["year"], also=["events"])
    assert len(told) == 1
    (tmp_path / "2024-05-03-a.txt").write_text(NEWS["text"], encoding="utf-8")
    names = {path.name for path in (tmp_path / "api").iterdir()}
    words = (tmp_path / "2024-05-03-a.txt", "--by", "year", "--also", "events", "--out", tmp_path / "cli")
    assert command("report", *words).returncode == 0
    assert names == {path.name for path in (tmp_path / "cli").iterdir()}
    found.statements.write(tmp_path / "s.parquet")
    with pytest.raises(stance.InputError, match="must end in"):
        found.statements.write(tmp_path / "s.xml")


def test_notebooks_show_tables_and_escape_them(found):
    shown = found._repr_html_()
    assert shown.count("<tr>") == 3
    assert "Olaf Scholz" in shown
    assert "<script" not in shown
    scored = (*sample(), *hostile())
    for text in (Statements(scored, 3)._repr_html_(), Positions(tuple(positions(hostile())))._repr_html_()):
        assert "<script" not in text
        assert "<img" not in text
        assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", text))
    assert f"{len(scored)} statements from 3 articles, the first 30 shown" in Statements(scored, 3)._repr_html_()
    assert repr(Statements(scored)) == f"<Statements: {len(scored)}>"


def test_the_package_can_be_called_whatever_was_imported_before():
    assert html.__name__ == "stance.report.html"
    code = "import stance; import stance.report.html; print(len(stance.report([{'text': 'Nothing.'}]).statements))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
    code = "import sys, stance; stance.score; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    with pytest.raises(AttributeError):
        _ = stance.nonsense


def test_the_notebook_runs():
    notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
    stored = [cell["outputs"] for cell in notebook.cells if cell.cell_type == "code"]
    resources = {"metadata": {"path": str(ROOT / "docs")}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    ran = [cell["outputs"] for cell in notebook.cells if cell.cell_type == "code"]
    for old, new in zip(stored, ran, strict=True):
        assert [o["output_type"] for o in new] == ["execute_result"]
        assert [o["output_type"] for o in old] == ["execute_result"], "run the notebook and save it with its outputs"
    # what the page shows is what the code gives
    assert stored[1][0]["data"]["text/plain"] == ran[1][0]["data"]["text/plain"]
