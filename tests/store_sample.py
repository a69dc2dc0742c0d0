"""Small articles and what is scored of them, for the tests of the store and of reviewing."""

import json
from functools import cache
from pathlib import Path

from stance.pipeline import load_pipeline, score
from stance.readers import articles_of_rows
from stance.store.saving import save

FICO = (
    "Slovak Prime Minister Robert Fico said on Tuesday that Slovakia would never send soldiers to Ukraine.\n\n"
    "French President Emmanuel Macron said France would deliver more missiles to Ukraine.\n\n"
    '"We will not give them a single tank," Fico told the assembly in Bratislava.\n'
)
SCHOLZ = (
    "German Chancellor Olaf Scholz said Germany would think about sending more air defence systems to Ukraine.\n\n"
    "He added that ammunition for Ukraine would come first.\n"
)


@cache
def pipeline():
    return load_pipeline()


def articles(*rows):
    """Articles of (id, text) pairs."""
    made = ({"id": key, "url": f"https://example.org/{key}", "published": "2024-02-27", "text": t} for key, t in rows)
    return list(articles_of_rows(made))


def save_all(store, made, model=None, **kept):
    """Scores articles into a store with the released model, or another."""
    from dataclasses import replace

    chosen = pipeline() if model is None else replace(pipeline(), model=model)
    return save(store, made, lambda read: score(read, chosen, **kept), chosen.model)


def few_labeled(folder):
    """A file of forty labeled sentences of each stance: enough to train on, in seconds."""
    lines = Path("seeds/labeled/plain.jsonl").read_text("utf-8").split("\n")
    train = [row for row in map(json.loads, filter(None, lines)) if row.get("split", "train") == "train"]
    by_stance = [[row for row in train if row["stance"] == name] for name in ("support", "oppose", "undecided", None)]
    chosen = [row for rows in by_stance for row in rows[:40]]
    file = folder / "few.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in chosen), "utf-8")
    return file


def filled(store):
    """A store with two articles; returns it."""
    save_all(store, articles(("fico", FICO), ("scholz", SCHOLZ)))
    return store
