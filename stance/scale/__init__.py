"""Scoring many articles: Arrow batches in, Arrow batches out; local processes, and an existing cluster's engine."""

from stance.scale.batch import article_schema, refused_schema, score_batch, scored_schema

__all__ = ["article_schema", "refused_schema", "score_batch", "scored_schema"]
