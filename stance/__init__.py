"""Who stands where on military aid: from news articles to each leader's stance, with evidence and uncertainty.

`stance.report(articles)` and `stance.score(articles)` are the whole of it from Python; see `stance.api`. The parts, in
the order in which data flows: `readers`, `labeling` (with `actors`), `topic`, `model`, `positions`, `report`. The
command line is `stance`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stance.api import Positions, Report, Statements, report, score
    from stance.records import Article, InputError

__all__ = ["Article", "InputError", "Positions", "Report", "Statements", "report", "score"]


def __getattr__(name: str) -> Any:
    """The names above, loaded when they are first asked for, so that the command line starts at once."""
    from importlib import import_module

    if name == "report":  # the package of this name, which can be called
        return import_module("stance.report")
    if name in ("Article", "InputError"):
        return getattr(import_module("stance.records"), name)
    if name in __all__:
        return getattr(import_module("stance.api"), name)
    raise AttributeError(f"module 'stance' has no attribute {name!r}")
