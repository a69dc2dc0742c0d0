"""Who is at the keyboard: by a token where annotators have them, by a name that is asked for where only this machine
can reach the app.

Tokens are 32 random bytes; the database holds their SHA-256 (they are random: there is nothing to guess or to salt).
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import Connection, select, update

from stance.store.reviews import ensure_annotator
from stance.store.tables import annotators

COOKIE = "stance"


def give_token(connection: Connection, name: str) -> tuple[str, str]:
    """A new token for an annotator, who is added where needed; returns name and token. An older token ends."""
    name = ensure_annotator(connection, name)
    token = secrets.token_urlsafe(32)
    connection.execute(update(annotators).where(annotators.c.name == name).values(token_hash=_hash(token)))
    return name, token


def name_of_token(connection: Connection, token: str) -> str | None:
    """The annotator that a token belongs to."""
    return connection.execute(select(annotators.c.name).where(annotators.c.token_hash == _hash(token))).scalar()


def known_names(connection: Connection) -> list[str]:
    """The annotators, by name."""
    return list(connection.execute(select(annotators.c.name).order_by(annotators.c.name)).scalars())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
