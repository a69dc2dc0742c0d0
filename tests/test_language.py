"""Articles in other languages are refused with a clear note; English ones never are, whatever they quote."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.language import MIN_LETTERS, languages, other_language
from stance.readers import Skipped, read_articles
from stance.records import InputError

SEEDS = sorted((Path(__file__).parent.parent / "seeds" / "articles").glob("2*.txt"))
ENGLISH = (
    "The minister told reporters on Tuesday that the government would not send tanks to Ukraine before the winter, "
    "and that parliament had been told of the decision. Opposition leaders said they had learned of it from the press."
)
DATA = Path(__file__).parent / "data" / "languages.jsonl"  # two sentences of our own in each
FOREIGN = {row["language"]: row["text"] for row in map(json.loads, DATA.read_text("utf-8").split("\n")[:-1])}


@pytest.mark.parametrize("name", FOREIGN)
def test_other_languages_are_told(name: str) -> None:
    text = FOREIGN[name]
    assert other_language(text) == name
    assert other_language(text.upper()) == name
    assert other_language(f"\n\n{text}\n\n{text * 20}") == name
    assert languages(text)[0][1] == max(probability for _, probability in languages(text))


def test_neighbours_are_both_named() -> None:
    text = (
        "Premijer je u utorak rekao da vlada neće poslati vojnike u Ukrajinu. Ministar obrane dodao je da će zemlja "
        "nastaviti obučavati vojnike i slati opremu."
    )
    assert set((other_language(text) or "").split(" or ")) <= {"Croatian", "Bosnian", "Serbian"}


@pytest.mark.parametrize(
    "text", ["", " \n", "Der Kanzler sagt: keine Panzer.", "12 000 – 14 000 (2024) " * 40, "x" * 200]
)
def test_short_texts_and_no_language_pass(text: str) -> None:
    assert other_language(text) is None


def test_the_shortest_text_that_is_refused() -> None:
    text = "Die Regierung wird vorerst keine weiteren Panzer an die Ukraine liefern, sagte der Kanzler am Montag"
    assert other_language(text) == "German"
    letters = [i for i, c in enumerate(text) if c.isalpha()]
    assert other_language(text[: letters[MIN_LETTERS - 1]]) is None


@pytest.mark.parametrize("path", SEEDS, ids=lambda p: p.stem)
def test_the_seed_articles_pass(path: Path) -> None:
    text = path.read_text("utf-8")
    assert languages(text)[0][0] == "en"
    for start in range(0, len(text) - 300, 300):
        assert other_language(text[start : start + 300]) is None


@pytest.mark.parametrize(
    "text",
    [
        "Zelenskyy, Orbán, Fico, Macron, Scholz and Erdoğan met in Brussels; Jarosław Kaczyński, Ľudovít Ódor and "
        "Viktor Orbán’s Fidesz did not. “Slava Ukraini,” Zelenskyy said.",
        "“Wir liefern keine Panzer, und dabei bleibt es bis auf Weiteres,” Scholz told the Bundestag on Tuesday. The "
        "chancellor said Germany would not go it alone. “Deutschland wird nicht Kriegspartei,” he added.",
        "DEFENCE MINISTER BORIS PISTORIUS: NO TAURUS FOR UKRAINE, BUNDESWEHR STOCKS ARE LOW",
        "BERLIN (dpa) - Bundesverteidigungsminister Boris Pistorius visits Rukla, Lithuania, where Germany will base a "
        "Bundeswehr brigade.",
        "Norland sends no tanks. " * 30,
    ],
)  # fmt: skip
def test_english_with_foreign_names_and_quotations_passes(text: str) -> None:
    assert other_language(text) is None


@pytest.mark.parametrize("name", FOREIGN)
def test_mixed_texts(name: str) -> None:
    """English in good part passes, in either order; a foreign article that ends in one line of English does not."""
    foreign = FOREIGN[name]
    assert other_language(f"{foreign}\n\n{ENGLISH} {ENGLISH}") is None
    assert other_language(f"{foreign * 20}\n\n{ENGLISH * 12}") is None
    assert other_language(f"{ENGLISH * 12}\n\n{foreign * 20}") is None
    assert other_language(f"{foreign * 20}\n\nRead the full story on our website.") == name


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    other_language(text)


# Through the readers; the commands are in test_cli.py


def read(path: Path) -> tuple[list[str], list[Skipped]]:
    skipped: list[Skipped] = []
    return [a.text for a in read_articles([path], on_skip=skipped.append)], skipped


def as_csv(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["text", "language"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.json", json.dumps), ("a.jsonl", lambda rows: "\n".join(map(json.dumps, rows))), ("a.csv", as_csv)],
)
def test_a_row_is_judged_by_its_text_and_not_by_its_language_field(
    tmp_path: Path, name: str, form: Callable[[list[dict[str, str]]], str]
) -> None:
    rows = [{"text": FOREIGN["German"], "language": "en"}, {"text": ENGLISH, "language": "de"}]
    (tmp_path / name).write_text(form(rows), "utf-8")
    texts, skipped = read(tmp_path / name)
    assert texts == [ENGLISH]
    assert [s.reason for s in skipped] == ["it is in German, which stance does not read yet; give English text"]


def test_any_language_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FOREIGN["Slovak"], "utf-8")
    assert [a.text for a in read_articles([tmp_path / "a.txt"], any_language=True)] == [FOREIGN["Slovak"]]
    with pytest.raises(InputError, match="it is in Slovak"):
        list(read_articles([tmp_path / "a.txt"]))
