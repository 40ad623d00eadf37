"""The tables. Every constraint has a name. Every foreign key is NOT NULL and has an ON DELETE. Every foreign key and
every list has its index."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.types import TypeEngine

from domain.tags import TAG_LIMIT, TAGS_LIMIT

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Takes and returns aware datetimes in UTC. SQLite itself stores no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    # The signatures are SQLAlchemy's.
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# On SQLite an INTEGER primary key is the row id. That saves an index.
Id = BigInteger().with_variant(Integer, "sqlite")


def key(length: int) -> TypeEngine[str]:
    """Text that every storage compares by code point, so that searches by prefix use the index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


# The version of the renderer that made the HTML. 0 is from before the column.
def _html_version() -> Column[int]:
    return Column("html_version", Integer, nullable=False, server_default=text("0"))


# How many like it.
def _like_count() -> Column[int]:
    return Column("like_count", Integer, nullable=False, server_default=text("0"))


def _account(column: str, *, ondelete: str) -> Column[int]:
    return Column(column, Id, ForeignKey("accounts.id", ondelete=ondelete), nullable=False)


def is_of_fts(table: str) -> bool:
    """Whether a table is an index of SQLite's FTS5, or one of those that FTS5 keeps below it. They are not in the
    metadata: the migrations 0005, 0023 and 0025 make them, and triggers fill them."""
    return table.startswith(("member_search", "people_search", "post_search", "comment_search"))


# Only PostgreSQL has them.
SEARCH_INDEX, NAMES_INDEX = "ix_accounts_search_text", "ix_accounts_names_text"
# What lists are sorted by that leave rows out. On PostgreSQL it is an expression.
PLACED = frozenset(
    {
        "ix_accounts_id_listed",
        "ix_posts_id_listed",
        "ix_posts_author_id_id_listed",
        "ix_comments_id_listed",
        "ix_comments_author_id_id_listed",
        "ix_comments_post_id_id_there",
    }
)
# The tokens of texts. Only PostgreSQL has them, over an expression.
TOKEN_INDEXES = frozenset({"ix_posts_search_text", "ix_comments_search_text"})


def is_compared(name: str | None, dialect: str) -> bool:
    """Whether Alembic understands this index. It knows no `ddl_if`, and compares no expressions."""
    return name not in PLACED | TOKEN_INDEXES and (name not in (SEARCH_INDEX, NAMES_INDEX) or dialect == "postgresql")


def _partial(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """The condition in PostgreSQL's words. SQLite knows no booleans."""
    on_sqlite = {"kept": "kept = 1", "unread": "unread = 1"}.get(
        condition, condition.replace("NOT absent", "absent = 0")
    )
    return Index(name, *columns, unique=unique, sqlite_where=text(on_sqlite), postgresql_where=text(condition))


def _placed(name: str, condition: str, *owner: str) -> tuple[Index, Index]:
    """What a list is sorted by, on each database: see `adapters.sql.paging.place`."""
    assert name in PLACED
    expression = Index(name, *owner, text("(id + 0)"), postgresql_where=text(condition))
    return _partial(name, condition, *owner, "id").ddl_if(dialect="sqlite"), expression.ddl_if(dialect="postgresql")


def _covering(name: str, condition: str, *owner: str, beside: Sequence[str] = ()) -> tuple[Index, Index]:
    """As `_placed`, for posts. What asks for the id, the `owner` and what is `beside` them reads the index only. SQLite
    asks the index for the columns of the condition too."""
    assert name in PLACED
    asked = (*owner, "id", *beside, "hidden_by", "deleted_at")
    expression = Index(
        name, *owner, text("(id + 0)"), postgresql_include=["id", *beside], postgresql_where=text(condition)
    )
    return _partial(name, condition, *asked).ddl_if(dialect="sqlite"), expression.ddl_if(dialect="postgresql")


_PERSON_IS_LISTED = "names_text <> ''"
# Whoever has confirmed the address, and is neither admitted nor declined yet.
ACCOUNT_WAITS = text("admission = 'approval' OR admission = 'no_seat'")

# Members who have posts in lists. That counter is exact: it changes in the commit of the post.
HAS_POSTS = text("post_count <> 0")

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("username", String(64), nullable=False),
    Column("username_key", key(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("email_key", key(254), nullable=False),
    Column("password_hash", Text),
    Column("role", String(20), nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("name", String(64), nullable=False),
    Column("location", String(64), nullable=False),
    Column("about_me", Text, nullable=False),
    Column("language", String(20), nullable=False),
    Column("theme", String(20), nullable=False),
    Column("token_generation", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("post_count", Integer, nullable=False),
    Column("comment_count", Integer, nullable=False),
    Column("follower_count", Integer, nullable=False),
    Column("following_count", Integer, nullable=False),
    Column("renamed_at", UtcDateTime),
    # On SQLite, triggers keep the table `member_search` beside it.
    Column("search_text", Text, nullable=False, server_default=text("''")),
    Column("admission", String(20), nullable=False, server_default=text("'admitted'")),
    Column("why", Text, nullable=False, server_default=text("''")),
    # Not a foreign key, because 0 stands for none.
    Column("invitation_id", BigInteger, nullable=False, server_default=text("0")),
    Column("silenced_until", UtcDateTime),
    Column("suspended_until", UtcDateTime),
    # Empty for UTC.
    Column("time_zone", String(64), nullable=False, server_default=text("''")),
    # The last announcement that the member dismissed.
    Column("dismissed", Integer, nullable=False, server_default=text("0")),
    # On SQLite, triggers keep the table `people_search` beside it.
    Column("names_text", Text, nullable=False, server_default=text("''")),
    # The first steps that are left, as a number.
    Column("steps", Integer, nullable=False, server_default=text("0")),
    # What the member shows of themselves.
    Column("picture_id", BigInteger),
    # The bytes of all pictures of the member.
    Column("picture_bytes", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("username_key"),
    UniqueConstraint("email_key"),
    *(
        # `NOT deleted` in each dialect's own words, as a statement says it.
        Index(None, column, "id", sqlite_where=text("deleted = 0"), postgresql_where=text("NOT deleted"))
        for column in ("role", "confirmed", "disabled")
    ),
    Index(None, "id", sqlite_where=ACCOUNT_WAITS, postgresql_where=ACCOUNT_WAITS),
    _partial("ix_accounts_id_post_count_writes", HAS_POSTS.text, "id", "post_count"),
    Index(SEARCH_INDEX, "search_text", postgresql_using="gin", postgresql_ops={"search_text": "gin_trgm_ops"}).ddl_if(
        dialect="postgresql"
    ),
    *_placed("ix_accounts_id_listed", _PERSON_IS_LISTED),
    Index(
        NAMES_INDEX,
        "names_text",
        postgresql_using="gin",
        postgresql_ops={"names_text": "gin_trgm_ops"},
        postgresql_where=text(_PERSON_IS_LISTED),
    ).ddl_if(dialect="postgresql"),
)

# Every username that an account has or had.
names = Table(
    "names",
    metadata,
    _account("account_id", ondelete="CASCADE"),
    Column("key", key(64), nullable=False),
    PrimaryKeyConstraint("account_id", "key"),
    UniqueConstraint("key"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _account("owner_id", ondelete="CASCADE"),
    Column("code", key(64), nullable=False),
    Column("people", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("ended", Boolean, nullable=False),
    UniqueConstraint("code"),
    Index(None, "owner_id", "id"),
)

follows = Table(
    "follows",
    metadata,
    Column("id", Id, nullable=False),
    _account("follower_id", ondelete="CASCADE"),
    _account("followed_id", ondelete="CASCADE"),
    PrimaryKeyConstraint("follower_id", "followed_id"),
    Index(None, "follower_id", "id"),
    Index(None, "followed_id", "id"),
)

mutes = Table(
    "mutes",
    metadata,
    Column("id", Id, nullable=False),
    _account("owner_id", ondelete="CASCADE"),
    _account("other_id", ondelete="CASCADE"),
    Column("muted", Boolean, nullable=False),
    Column("blocked", Boolean, nullable=False),
    PrimaryKeyConstraint("owner_id", "other_id"),
    Index(None, "owner_id", "id"),
    *(Index(None, "owner_id", flag, "id") for flag in ("muted", "blocked")),
    Index(None, "other_id"),
)

# A row where a member wants something else than the default.
notification_settings = Table(
    "notification_settings",
    metadata,
    _account("account_id", ondelete="CASCADE"),
    Column("kind", String(20), nullable=False),
    Column("site", Boolean, nullable=False),
    Column("mail", String(20), nullable=False),
    PrimaryKeyConstraint("account_id", "kind"),
)


# The tokens of a text, each with a space before and behind it; and the part of the index that it belongs to, or 0 where
# it is in none yet. On SQLite, triggers keep the tables `post_search` and `comment_search` beside them.
def _searched() -> tuple[Column[Any], ...]:
    return (
        Column("search_text", Text, nullable=False, server_default=text("''")),
        Column("search_segment", Integer, nullable=False, server_default=text("0")),
    )


def vector_of(table: str) -> str:
    """What PostgreSQL indexes: each token with its segment before it. Without a list of pending entries, which each
    search would have to read."""
    tokens = f"replace(rtrim({table}.search_text), ' ', ' ' || CAST({table}.search_segment AS text) || '|')"
    return f"(CAST({tokens} AS tsvector))"


def _searched_indexes(table: str, condition: str) -> tuple[Index, Index]:
    tokens = Index(
        f"ix_{table}_search_text",
        text(vector_of(table)),
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=text(condition),
    )
    return tokens.ddl_if(dialect="postgresql"), _partial(f"ix_{table}_id_unsearched", "search_segment = 0", "id")


# What lists leave out is in none of their indexes, so none of them walks past it.
_IS_DELETED, _IS_THERE = "deleted_at IS NOT NULL", "deleted_at IS NULL"
_IS_HIDDEN = "hidden_by IS NOT NULL"
_POST_IS_LISTED = "hidden_by IS NULL AND deleted_at IS NULL"
_COMMENT_IS_LISTED = "deleted_at IS NULL AND NOT absent"
TAG_IS_USED = "post_count > 0 AND leads_to = 0"
_COMMENT_IS_SOUGHT = "deleted_at IS NULL AND NOT hidden"
_IS_ANSWER = "reply_to IS NOT NULL AND deleted_at IS NULL"

posts = Table(
    "posts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _account("author_id", ondelete="RESTRICT"),
    Column("title", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("body_html", Text, nullable=False),
    Column("excerpt_html", Text, nullable=False),
    Column("cut", Boolean, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("comment_count", Integer, nullable=False),
    _html_version(),
    Column("hidden_by", BigInteger),
    Column("hidden_reason", Text, nullable=False, server_default=text("''")),
    Column("closed", Boolean, nullable=False, server_default=false()),
    Column("deleted_at", UtcDateTime),
    Column("deleted_by", BigInteger),
    _like_count(),
    # With a blank between each two, so that a list of posts needs no other table for them.
    Column("tags", String(TAGS_LIMIT), nullable=False, server_default=text("''")),
    *_searched(),
    # The first one, so that a list of posts needs no other table for it.
    Column("picture_id", BigInteger),
    Index(None, "author_id", "id"),
    Index(None, "html_version", "id"),
    *_covering("ix_posts_id_listed", _POST_IS_LISTED, beside=["author_id"]),
    *_covering("ix_posts_author_id_id_listed", _POST_IS_LISTED, "author_id"),
    _partial("ix_posts_deleted_at", _IS_DELETED, "deleted_at"),
    _partial("ix_posts_hidden_by_id", _IS_HIDDEN, "hidden_by", "id"),
    _partial("ix_posts_author_id_id_deleted", _IS_DELETED, "author_id", "id"),
    *_searched_indexes("posts", _POST_IS_LISTED),
)
pictures = Table(
    "pictures",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _account("owner_id", ondelete="RESTRICT"),
    Column("alt", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("portrait", Boolean, nullable=False),
    Column("unused_since", UtcDateTime),
    Index(None, "owner_id", "id"),
    _partial("ix_pictures_unused_since_id", "unused_since IS NOT NULL", "unused_since", "id"),
)

# Which post shows a picture, or the site itself, whose id is 1. That of a post is no foreign key for that reason.
picture_uses = Table(
    "picture_uses",
    metadata,
    Column("text_id", Id, nullable=False),
    Column("picture_id", Id, ForeignKey("pictures.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("text_id", "picture_id"),
    Index(None, "picture_id"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("post_id", Id, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False),
    _account("author_id", ondelete="RESTRICT"),
    Column("body", Text, nullable=False),
    Column("body_html", Text, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("hidden_reason", Text, nullable=False),
    _html_version(),
    Column("hidden_by", BigInteger),
    Column("deleted_at", UtcDateTime),
    Column("deleted_by", BigInteger),
    # Its post is hidden or deleted.
    Column("absent", Boolean, nullable=False, server_default=false()),
    # An answer outlives what it answers.
    Column("reply_to", BigInteger),
    _like_count(),
    *_searched(),
    Index(None, "post_id", "id"),
    Index(None, "author_id", "id"),
    Index(None, "html_version", "id"),
    *_placed("ix_comments_id_listed", _COMMENT_IS_LISTED),
    *_placed("ix_comments_author_id_id_listed", _COMMENT_IS_LISTED, "author_id"),
    *_placed("ix_comments_post_id_id_there", _IS_THERE, "post_id"),
    _partial("ix_comments_deleted_at", _IS_DELETED, "deleted_at"),
    _partial("ix_comments_hidden_by_id", _IS_HIDDEN, "hidden_by", "id"),
    _partial("ix_comments_author_id_id_deleted", _IS_DELETED, "author_id", "id"),
    _partial("ix_comments_reply_to_id", _IS_ANSWER, "reply_to", "id"),
    *_searched_indexes("comments", _COMMENT_IS_SOUGHT),
)

# A segment of the index has the texts from `first_id` up to the next one. The first one is there without a row: it has
# the number 1. While a segment is taken out of another, it has the same `first_id`, and will begin at `begins_id`.
search_segments = Table(
    "search_segments",
    metadata,
    Column("kind", String(20), nullable=False),
    Column("id", Integer, nullable=False),
    Column("first_id", BigInteger, nullable=False),
    Column("begins_id", BigInteger, nullable=False),
    # Of what made all of its texts.
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("kind", "id"),
    Index(None, "kind", "first_id", "id"),
)


tags = Table(
    "tags",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", key(TAG_LIMIT), nullable=False),
    Column("post_count", Integer, nullable=False),
    # Not a foreign key, because 0 stands for none.
    Column("leads_to", BigInteger, nullable=False),
    UniqueConstraint("name"),
    _partial("ix_tags_post_count_id_used", TAG_IS_USED, "post_count", "id"),
    _partial("ix_tags_leads_to_moved", "leads_to > 0", "leads_to"),
)

# The posts in lists, by tag.
post_tags = Table(
    "post_tags",
    metadata,
    Column("tag_id", Id, ForeignKey("tags.id", ondelete="CASCADE"), nullable=False),
    Column("post_id", Id, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("tag_id", "post_id"),
    Index(None, "post_id"),
)


def _likes_of(thing: str) -> Table:
    thing_id = f"{thing}_id"
    return Table(
        f"{thing}_likes",
        metadata,
        Column("id", Id, nullable=False),
        Column(thing_id, Id, ForeignKey(f"{thing}s.id", ondelete="CASCADE"), nullable=False),
        _account("account_id", ondelete="CASCADE"),
        PrimaryKeyConstraint(thing_id, "account_id"),
        Index(None, thing_id, "id"),
        Index(None, "account_id", "id"),
    )


post_likes, comment_likes = _likes_of("post"), _likes_of("comment")

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("id", Id, nullable=False),
    _account("account_id", ondelete="CASCADE"),
    Column("post_id", Id, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("account_id", "post_id"),
    Index(None, "account_id", "id"),
    Index(None, "post_id"),
)

watches = Table(
    "watches",
    metadata,
    Column("id", Id, nullable=False),
    Column("post_id", Id, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False),
    _account("account_id", ondelete="CASCADE"),
    PrimaryKeyConstraint("post_id", "account_id"),
    Index(None, "post_id", "id"),
    Index(None, "account_id", "id"),
)

# Acts that a moderator's page of a member finds, also among very many others.
ABOUT_PERSON = text("(act = 'hide_all' OR act = 'restore_all' OR act = 'reverse' OR act = 'note')")

# Entries whose text is forgotten after half a year. That of other acts on persons stays.
KEEPS_A_COPY = text("text <> '' AND (subject_kind <> 'person' OR act = 'decline')")

moderation_log = Table(
    "moderation_log",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("actor_id", Id, ForeignKey("accounts.id", ondelete="RESTRICT")),
    # NULL where it concerns nobody.
    Column("about_id", Id, ForeignKey("accounts.id", ondelete="RESTRICT")),
    Column("act", String(20), nullable=False),
    # A log entry outlives its subject, so neither this nor the post is a foreign key.
    Column("subject_id", BigInteger, nullable=False),
    Column("post_id", BigInteger),
    Column("text", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("subject_kind", String(20), nullable=False),
    Column("rule", String(4), nullable=False),
    Index(None, "actor_id", "id"),
    Index(None, "about_id", "id"),
    Index(None, "subject_id", "id"),
    _partial("ix_moderation_log_about_id_id_person", ABOUT_PERSON.text, "about_id", "id"),
    _partial("ix_moderation_log_id_there", KEEPS_A_COPY.text, "id"),
)

# The id is that of an entry of the log, which says who and why.
sanctions = Table(
    "sanctions",
    metadata,
    Column("id", Id, ForeignKey("moderation_log.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False),
    _account("account_id", ondelete="RESTRICT"),
    Column("act", String(20), nullable=False),
    Column("until", UtcDateTime),
    Column("lifted_at", UtcDateTime),
    Column("reversed", Boolean, nullable=False),
    Column("told", Boolean, nullable=False),
    Index(None, "account_id", "id"),
    Index(None, "until", "id", sqlite_where=text("told = 0"), postgresql_where=text("NOT told")),
)

APPEAL_WAITS = text("verdict IS NULL")

appeals = Table(
    "appeals",
    metadata,
    Column("entry_id", Id, ForeignKey("moderation_log.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False),
    Column("id", BigInteger, nullable=False),
    _account("account_id", ondelete="RESTRICT"),
    Column("text", Text, nullable=False),
    Column("verdict", String(20)),
    Column("reason", Text, nullable=False),
    Column("decided_at", UtcDateTime),
    Index(None, "account_id"),
    Index(None, "id", unique=True, sqlite_where=APPEAL_WAITS, postgresql_where=APPEAL_WAITS),
)

# A test of a case that waits, in the words of its unique index.
CASE_WAITS = text("entry_id IS NULL")

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    # What the queue is sorted by.
    Column("place", BigInteger, nullable=False),
    Column("subject_kind", String(20), nullable=False),
    # A case outlives its subject, so neither this nor the post is a foreign key.
    Column("subject_id", BigInteger, nullable=False),
    _account("about_id", ondelete="RESTRICT"),
    Column("post_id", BigInteger),
    Column("text", Text, nullable=False),
    Column("kinds", String(40), nullable=False),
    Column("report_count", Integer, nullable=False),
    Column("member_count", Integer, nullable=False),
    # The entry of the log that settled it.
    Column("entry_id", Id, ForeignKey("moderation_log.id", ondelete="RESTRICT")),
    Column("told", Integer, nullable=False),
    Column("kept", Boolean, nullable=False),
    _partial("ix_cases_subject_kind_subject_id_open", CASE_WAITS.text, "subject_kind", "subject_id", unique=True),
    _partial("ix_cases_place_open", CASE_WAITS.text, "place"),
    _partial("ix_cases_about_id_place_open", CASE_WAITS.text, "about_id", "place"),
    _partial("ix_cases_entry_id_untold", "told < report_count", "entry_id"),
    _partial("ix_cases_entry_id_kept", "kept", "entry_id"),
    _partial("ix_cases_entry_id", "entry_id IS NOT NULL", "entry_id", unique=True),
    _partial("ix_cases_about_id_entry_id", "entry_id IS NOT NULL", "about_id", "entry_id"),
    _partial("ix_cases_about_id_there", "text <> ''", "about_id"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", Id, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    # NULL for a visitor.
    Column("reporter_id", Id, ForeignKey("accounts.id", ondelete="RESTRICT")),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("name", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("language", String(20), nullable=False),
    UniqueConstraint("case_id", "number"),
    UniqueConstraint("reporter_id", "case_id"),
    _partial("ix_reports_case_id_email", "email <> ''", "case_id", "email", unique=True),
    Index(None, "reporter_id", "id"),
)

# What a member is told of. It may outlive what it is about, so only the member is a foreign key.
notifications = Table(
    "notifications",
    metadata,
    _account("account_id", ondelete="CASCADE"),
    Column("id", BigInteger, nullable=False, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("thing_id", BigInteger, nullable=False),
    Column("part", BigInteger, nullable=False),
    Column("post_id", BigInteger),
    Column("comment_id", BigInteger),
    Column("first_id", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("unread", Boolean, nullable=False),
    Column("mail_at", UtcDateTime),
    Column("mail_id", BigInteger),
    PrimaryKeyConstraint("account_id", "id"),
    UniqueConstraint("account_id", "kind", "thing_id", "part"),
    _partial("ix_notifications_account_id_id_unread", "unread", "account_id", "id"),
    _partial("ix_notifications_mail_at", "mail_at IS NOT NULL", "mail_at"),
    _partial("ix_notifications_account_id_mail_at", "mail_at IS NOT NULL", "account_id", "mail_at"),
    _partial("ix_notifications_account_id_mail_id_id", "mail_id IS NOT NULL", "account_id", "mail_id", "id"),
    _partial("ix_notifications_post_id", "post_id IS NOT NULL", "post_id"),
    _partial("ix_notifications_comment_id", "comment_id IS NOT NULL", "comment_id"),
)

correspondence = Table(
    "correspondence",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sent_at", UtcDateTime),
    Column("refused", String(254), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _account("account_id", ondelete="CASCADE"),
    Column("secret_hash", String(64), nullable=False),
    Column("remember", Boolean, nullable=False),
    Column("device", String(200), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    UniqueConstraint("secret_hash"),
    Index(None, "account_id", "id"),
    Index(None, "seen_at"),
)

links = Table(
    "links",
    metadata,
    _account("account_id", ondelete="CASCADE"),
    Column("purpose", String(20), nullable=False),
    Column("token_id", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    PrimaryKeyConstraint("account_id", "purpose"),
)

OUTBOX_WAITS = text("state = 'waiting'")
# A key is unique among these jobs.
OUTBOX_KEY_WAITS = text("state = 'waiting' AND key <> ''")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("address", String(254), nullable=False),
    # Not a foreign key. A mail about a deleted account is dropped; removals run for deleted accounts.
    Column("account_id", BigInteger),
    Column("language", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("last_error", Text, nullable=False),
    # 0 for a mail, 1 for any other job.
    Column("priority", Integer, nullable=False, server_default=text("0")),
    Column("subject_id", BigInteger),
    Column("key", String(300), nullable=False, server_default=text("''")),
    Column("progress", Text, nullable=False, server_default=text("''")),
    Column("again_at", UtcDateTime),
    Column("failure", String(20), nullable=False, server_default=text("''")),
    Column("tried_at", UtcDateTime),
    # What lists are filtered by. Both follow from other columns.
    Column("stage", String(20), nullable=False, server_default=text("'waiting'")),
    Column("is_mail", Boolean, nullable=False, server_default=true()),
    Index(None, "state", "priority", "due_at", "id"),
    Index(None, "stage", "is_mail", "id"),
    Index(None, "stage", "id"),
    Index(None, "is_mail", "id"),
    Index(None, "stage", "is_mail", "tried_at", "id"),
    Index(None, "kind", "due_at", sqlite_where=OUTBOX_WAITS, postgresql_where=OUTBOX_WAITS),
    Index(None, "key", unique=True, sqlite_where=OUTBOX_KEY_WAITS, postgresql_where=OUTBOX_KEY_WAITS),
)

incidents = Table(
    "incidents",
    metadata,
    Column("fingerprint", String(12), nullable=False),
    Column("what", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("request_id", String(128), nullable=False),
    Column("mailed_at", UtcDateTime),
    Column("mailed_count", BigInteger, nullable=False),
    PrimaryKeyConstraint("fingerprint"),
    Index(None, "last_at"),
)

once_keys = Table(
    "once_keys",
    metadata,
    Column("owner_id", BigInteger, nullable=False),
    Column("key", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_id", BigInteger, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("owner_id", "key"),
    Index(None, "made_at"),
)

site_totals = Table(
    "site_totals",
    metadata,
    Column("name", String(20), nullable=False),
    # A total is the sum of a few rows, so that writers do not wait for each other. The counter of a day is named by it:
    # `2026-03-01 posts`.
    Column("shard", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("name", "shard"),
)

# One row, and none until a worker has run: when one was seen last.
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# One row, and none until the site has been saved once.
site = Table(
    "site",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False),
    Column("tagline", String(120), nullable=False),
    *(
        Column(f"{name}{suffix}", Text, nullable=False)
        for name in ("greeting", "about", "rules", "privacy")
        for suffix in ("", "_html")
    ),
    Column("contact", String(254), nullable=False),
    Column("announcement", String(500), nullable=False),
    Column("registration", String(20), nullable=False),
    Column("html_version", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    # How many announcements there were.
    Column("announced", Integer, nullable=False),
    # As every table of texts that are rendered anew.
    Index(None, "html_version", "id"),
)

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", String(300), nullable=False),
    # POSIX timestamps that still count, separated by spaces.
    Column("hits", Text, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("key"),
    Index(None, "touched_at"),
)

FLASKY_USERS = text("kind = 'user'")

# What was brought from another site, and its id here. It outlives what it names, so nothing is a foreign key.
flasky = Table(
    "flasky",
    metadata,
    Column("kind", String(10), nullable=False),
    Column("number", BigInteger, nullable=False),
    # 0 but for a follow, whose number is that of the follower.
    Column("followed", BigInteger, nullable=False),
    Column("made_id", BigInteger, nullable=False),
    # The username there, in its exact case.
    Column("name", key(64), nullable=False),
    PrimaryKeyConstraint("kind", "number", "followed"),
    *(Index(None, column, sqlite_where=FLASKY_USERS, postgresql_where=FLASKY_USERS) for column in ("made_id", "name")),
)
