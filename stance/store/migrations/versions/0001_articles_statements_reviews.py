"""Articles, models, statements, judgements, and the history of reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the first tables."""
    op.create_table(
        "annotators",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_annotators")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_annotators_token_hash")),
    )
    op.create_table(
        "articles",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", sa.String(length=10), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_articles")),
        sa.UniqueConstraint("id", name=op.f("uq_articles_id")),
    )
    op.create_index("ix_articles_path_title", "articles", ["path", "title"], unique=False)
    op.create_index(op.f("ix_articles_url"), "articles", ["url"], unique=False)
    op.create_table(
        "models",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("info", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
    )
    op.create_table(
        "statements",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("article_key", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("actor_kind", sa.String(length=16), nullable=True),
        sa.Column("country", sa.String(length=3), nullable=True),
        sa.Column("source", sa.JSON(), nullable=True),
        sa.Column("cue", sa.JSON(), nullable=True),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("cue_class", sa.String(length=16), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=True),
        sa.Column("headline", sa.Boolean(), nullable=False),
        sa.Column("nested", sa.Boolean(), nullable=False),
        sa.Column("spokesperson", sa.Boolean(), nullable=False),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("recipient", sa.String(length=3), nullable=True),
        sa.Column("model_id", sa.String(length=16), nullable=False),
        sa.Column("uncertainty", sa.Float(), nullable=False),
        sa.Column("disagreement", sa.Float(), nullable=False),
        sa.Column("novelty", sa.Float(), nullable=False),
        sa.Column("mixed", sa.Float(), nullable=False),
        sa.Column("lot", sa.Float(), nullable=False),
        sa.Column("judged_by", sa.Integer(), server_default="0", nullable=False),
        sa.Column("conflict", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("settled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("gold", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["article_key"], ["articles.key"], name=op.f("fk_statements_article_key_articles")),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_statements_model_id_models")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statements")),
    )
    op.create_index(op.f("ix_statements_article_key"), "statements", ["article_key"], unique=False)
    op.create_index(op.f("ix_statements_id"), "statements", ["id"], unique=False)
    op.create_index("ix_statements_leaders", "statements", ["actor_id", "state", "judged_by"], unique=False)
    op.create_index(
        "ix_statements_progress",
        "statements",
        ["state", "judged_by", "conflict", "settled", "gold", "lot"],
        unique=False,
    )
    op.create_index("ix_statements_queue_disagreement", "statements", ["state", "disagreement"], unique=False)
    op.create_index("ix_statements_queue_lot", "statements", ["state", "lot"], unique=False)
    op.create_index("ix_statements_queue_mixed", "statements", ["state", "mixed"], unique=False)
    op.create_index("ix_statements_queue_novelty", "statements", ["state", "novelty"], unique=False)
    op.create_index("ix_statements_queue_uncertainty", "statements", ["state", "uncertainty"], unique=False)
    op.create_table(
        "judgements",
        sa.Column("statement_key", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(length=16), nullable=False),
        sa.Column("stance", sa.Text(), nullable=True),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_judgements_model_id_models")),
        sa.ForeignKeyConstraint(
            ["statement_key"], ["statements.key"], name=op.f("fk_judgements_statement_key_statements")
        ),
        sa.PrimaryKeyConstraint("statement_key", "model_id", name=op.f("pk_judgements")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_key", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("annotator", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=True),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("spans", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("gold", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("from_label", sa.String(length=16), nullable=True),
        sa.Column("from_actor_id", sa.Text(), nullable=True),
        sa.Column("from_spans", sa.JSON(), nullable=True),
        sa.Column("model_id", sa.String(length=16), nullable=True),
        sa.Column("article_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["annotator"], ["annotators.name"], name=op.f("fk_reviews_annotator_annotators")),
        sa.ForeignKeyConstraint(
            ["statement_key"], ["statements.key"], name=op.f("fk_reviews_statement_key_statements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reviews_annotator"), "reviews", ["annotator"], unique=False)
    op.create_index(op.f("ix_reviews_statement_key"), "reviews", ["statement_key"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column("statement_key", sa.Integer(), nullable=False),
        sa.Column("annotator", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=True),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("spans", sa.JSON(), nullable=True),
        sa.Column("quotes", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("gold", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["annotator"], ["annotators.name"], name=op.f("fk_verdicts_annotator_annotators")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_verdicts_review_id_reviews")),
        sa.ForeignKeyConstraint(
            ["statement_key"], ["statements.key"], name=op.f("fk_verdicts_statement_key_statements")
        ),
        sa.PrimaryKeyConstraint("statement_key", "annotator", "action", name=op.f("pk_verdicts")),
    )
    op.create_index("ix_verdicts_annotator", "verdicts", ["annotator", "action", "statement_key"], unique=False)

    # a history is only added to
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION stance_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'reviews are only added, never changed'; END $$"
        )
        op.execute(
            "CREATE TRIGGER reviews_append_only BEFORE UPDATE OR DELETE ON reviews "
            "FOR EACH ROW EXECUTE FUNCTION stance_append_only()"
        )
    else:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER reviews_no_{change.lower()} BEFORE {change} ON reviews "
                "BEGIN SELECT RAISE(ABORT, 'reviews are only added, never changed'); END"
            )
