"""The store: articles, statements, judgements and people's reviews in one SQLite file or PostgreSQL database."""

from stance.store.connect import Store, open_store

__all__ = ["Store", "open_store"]
