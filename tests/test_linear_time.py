"""Work grows no faster than text: counted, not timed. The times are `python -m training.benchmarks.linear_time`'s."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from regexploit.ast.sre import SreOpParser
from regexploit.redos import find

import stance
from stance.pipeline import load_pipeline, score
from stance.records import Article
from training.benchmarks.linear_time import WRAPPED, kinds

SIZE = 3000  # characters, over all bounds of windows and sentences
MOST = 2.6
LITERAL = {f"re.{name}" for name in ("compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer")}
POSSESSIVE = re.compile(r"[*+?}]\+")  # no way back, and unknown to regexploit


def calls(text: str) -> int:
    """How many functions, of Python or of C, the whole path for an article calls."""
    article, count = Article("a", None, text, "2024-03-01"), 0

    def step(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(step)
    try:
        for _ in score([article], load_pipeline(), keep_off_topic=True):
            pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", sorted(name for name in kinds() if name in WRAPPED or name.endswith(", said")))
def test_twice_the_text_is_twice_the_work(name):
    make = kinds()[name]
    calls(make(SIZE))  # fills what is kept from one article to the next
    assert calls(make(2 * SIZE)) < MOST * calls(make(SIZE))


def test_the_count_sees_a_square():
    def step(n: int) -> int:
        count = 0

        def note(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event == "c_call"

        sys.setprofile(note)
        for i in range(n):
            for _ in range(i):
                len("")
        sys.setprofile(None)
        return count

    assert step(200) > MOST * step(100)


def expressions() -> Iterator[tuple[str, str]]:
    """Every regular expression of the package and its module: kept in modules, made by functions, written in calls."""
    for module in pkgutil.walk_packages(stance.__path__, "stance."):
        if ".migrations" in module.name:
            continue
        loaded = importlib.import_module(module.name)
        for value in vars(loaded).values():
            if type(value).__name__ == "_lru_cache_wrapper" and str(value.__annotations__.get("return", "")).startswith(
                "re.Pattern"
            ):
                value = value()
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield module.name, value.pattern
        assert loaded.__file__ is not None
        for node in ast.walk(ast.parse(Path(loaded.__file__).read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in LITERAL:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield module.name, first.value
    from stance.labeling.layout import _furniture

    known = _furniture()
    for pattern in (known.start, known.line, *(pattern for _, _, pattern in known.rest)):
        yield "stance.labeling.layout", pattern.pattern


def redos(pattern: str) -> list[object]:
    return [one for one in find(SreOpParser().parse_sre(pattern)) if one.starriness > 2]


def test_no_regular_expression_goes_back_and_forth():
    found = sorted(set(expressions()))
    assert len(found) > 100
    assert [one for one in found if not POSSESSIVE.search(one[1]) and redos(one[1])] == []


def test_the_search_for_expressions_that_go_back_and_forth_finds_one():
    assert redos(r"(\w+\s?)*x")
    assert redos(r"\s+[\s\w]+\s+[\s,]+x")
