"""Posts and tags in memory as records, and back. Their fields have other names there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from adapters.memory.store import Store, TagRow
from application.ports.moving.records import PostRecord
from application.ports.moving.tags import PostTagRecord, TagRecord
from domain.errors import AlreadyTaken, NotFound
from domain.posts import Post, PostHtml, PostText
from domain.tags import Tag


def posts_of(store: Store) -> Iterator[PostRecord]:
    for row in store.posts.rows():
        post = row.post
        yield PostRecord(
            id=post.id,
            author_id=post.author_id,
            title=post.text.title,
            body=post.text.body,
            body_html=post.html.body_html,
            excerpt_html=post.html.excerpt_html,
            cut=post.html.cut,
            html_version=post.html.version,
            edited_at=post.edited_at,
            version=post.version,
            hidden_by=post.hidden_by,
            hidden_reason=post.hidden_reason,
            closed=post.closed,
            deleted_at=post.deleted_at,
            deleted_by=post.deleted_by,
            tags=" ".join(post.tags),
            picture_id=post.html.picture_id,
        )


def post_of(record: PostRecord) -> Post:
    return Post(
        id=record.id,
        author_id=record.author_id,
        text=PostText(title=record.title, body=record.body, tags=tuple(record.tags.split())),
        html=PostHtml(
            body_html=record.body_html,
            excerpt_html=record.excerpt_html,
            cut=record.cut,
            version=record.html_version,
            picture_id=record.picture_id,
        ),
        edited_at=record.edited_at,
        version=record.version,
        hidden_by=record.hidden_by,
        hidden_reason=record.hidden_reason,
        closed=record.closed,
        deleted_at=record.deleted_at,
        deleted_by=record.deleted_by,
    )


def tags_of(store: Store) -> Iterator[TagRecord]:
    for row in store.tags.rows():
        yield TagRecord(id=row.tag.id, name=row.tag.name, leads_to=row.tag.leads_to)


def add_tag(store: Store, record: TagRecord) -> None:
    """Raises AlreadyTaken."""
    if any(row.tag.name == record.name for row in store.tags.rows()):
        raise AlreadyTaken("name")
    store.tags.put(record.id, TagRow(Tag(id=record.id, name=record.name, leads_to=record.leads_to)))


def post_tags_of(store: Store) -> Iterator[PostTagRecord]:
    return (PostTagRecord(tag_id=tag_id, post_id=post_id) for tag_id, post_id in store.post_tags.rows())


def add_post_tag(store: Store, record: PostTagRecord) -> None:
    """Raises NotFound."""
    if store.tags.find(record.tag_id) is None or store.posts.find(record.post_id) is None:
        raise NotFound()
    store.post_tags.put((record.tag_id, record.post_id), (record.tag_id, record.post_id))


def count_tags(store: Store) -> None:
    of_tag = Counter(tag_id for tag_id, _ in store.post_tags.rows())
    for row in list(store.tags.rows()):
        store.tags.put(row.tag.id, replace(row, post_count=of_tag[row.tag.id]))
