"""What the resolver is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stance.actors.discourse import Discourse
from stance.records import Actor, Span


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who a source is: one actor, several who speak together, or none with the candidates left open.

    `shared` says that the words are others' too, named or not; `spokesperson` that someone speaks for the actor.
    """

    actors: tuple[Actor, ...] = ()
    candidates: tuple[str, ...] = ()
    spokesperson: bool = False
    shared: bool = False

    @property
    def actor(self) -> Actor | None:
        """The actor, where there is just one."""
        return self.actors[0] if len(self.actors) == 1 else None

    def through_another(self) -> Resolution:
        """The same, said by a spokesperson or an office."""
        return replace(self, spokesperson=True)


NOBODY = Resolution()


def known(actor: Actor) -> Resolution:
    """The resolution to one actor."""
    return Resolution((actor,))


def open_between(ids: Sequence[str]) -> Resolution:
    """No actor, and the candidates between which the text does not decide: two at least."""
    distinct = tuple(dict.fromkeys(ids))[:5]
    return Resolution((), distinct) if len(distinct) > 1 else NOBODY


@dataclass(frozen=True, slots=True)
class Asked:
    """A source in its article: its span and sentence, and the sources before it as (offset, resolution)."""

    discourse: Discourse
    span: Span
    sentence: Span
    spoken: Sequence[tuple[int, Resolution]]

    @property
    def text(self) -> str:
        """The source as written."""
        return self.discourse.text[self.span[0] : self.span[1]]

    @property
    def start(self) -> int:
        """Where the source begins."""
        return self.span[0]

    def part(self, start: int, end: int) -> Asked:
        """A part of the source, asked for by itself."""
        return replace(self, span=(start, end))
