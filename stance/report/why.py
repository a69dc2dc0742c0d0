"""Why a statement was judged so: the words that the model read, marked by their push, and the like of them.

What a mark cannot say stands in numbers beside it, and these add up as they are shown: they are rounded together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from markupsafe import Markup

from stance.examples import Example, nearest
from stance.model import Push, StanceModel, model_text
from stance.records import Scored
from stance.report.passages import joins, visible
from stance.report.wording import signed

_LEAST = 0.05  # of the strongest push: what is weaker stays unmarked
_STRENGTHS = (0.25, 0.6)  # from where on a push is of the second and of the third strength


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons of one judgement. `words` (of which `unmarked`) and `rest` add up to `total`, in log-odds."""

    stance: str
    read: Markup
    words: float
    unmarked: float
    rest: float
    total: float
    nearest: tuple[Example, ...]


def reasons(shown: Sequence[Scored], model: StanceModel) -> dict[str, Why]:
    """The reasons behind each judgement, by statement id; none where the stance is null, a person's or not of this
    model."""
    judged = [
        (one, str(one.judgement.stance))
        for one in shown
        if one.judgement.stance in model.classes and not one.judgement.reviewed_by
    ]
    if not judged:
        return {}
    texts = [model_text(one.statement) for one, _ in judged]
    readings = model.stance.read(texts)
    alike = nearest(model.folder, texts)
    out = {}
    for i, (one, stance) in enumerate(judged):
        words, rest = model.pushes_of(readings[i], stance)
        out[one.statement.id] = why(texts[i], stance, words, rest, alike[i])
    return out


def why(text: str, stance: str, words: Sequence[Push], rest: float, alike: Sequence[Example]) -> Why:
    """One judgement's reasons from the pushes of its words, in the order of the text, and all else that pushed."""
    strongest = max((abs(word.weight) for word in words), default=0.0)
    marked = [word for word in words if word.weight and abs(word.weight) >= _LEAST * strongest]
    unmarked = sum(word.weight for word in words) - sum(word.weight for word in marked)
    *numbers, weak, other = (n / 100 for n in _hundredths([*(word.weight for word in marked), unmarked, rest]))
    read, at = [], 0
    for word, number in zip(marked, numbers, strict=True):
        end = word.end
        while joins(text, end):  # an accent is drawn on its letter, not beside the mark
            end += 1
        name = _name(word.weight, strongest)
        read += [visible(text[at : word.start]), Markup('<mark class="{}" title="{}">').format(name, signed(number))]
        read += [visible(text[word.start : end]), Markup("</mark>")]
        at = end
    return Why(
        stance=stance,
        read=Markup("").join([*read, visible(text[at:])]),
        words=sum(numbers) + weak,
        unmarked=weak,
        rest=other,
        total=sum(numbers) + weak + other,
        nearest=tuple(alike),
    )


def _name(weight: float, strongest: float) -> str:
    """The class of a mark: t1 to t3 push toward the stance, a1 to a3 away from it."""
    return f"{'t' if weight > 0 else 'a'}{1 + sum(abs(weight) >= share * strongest for share in _STRENGTHS)}"


def _hundredths(values: Sequence[float]) -> list[int]:
    """Values in hundredths, each rounded up or down in such a way that they add up to their sum, rounded."""
    exact = [100 * value for value in values]
    out = [floor(value) for value in exact]
    for i in sorted(range(len(exact)), key=lambda i: out[i] - exact[i])[: round(sum(exact)) - sum(out)]:
        out[i] += 1
    return out
