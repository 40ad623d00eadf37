"""How stored things become the records that screens are made of, and how a list is cut into pages."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from adapters.memory.store import PostRow, Store
from application.feeds import CommentCard, Face, MemberCard, Page, PostCard, PostDetail, Window
from domain.accounts import Account
from domain.comments import Comment, may_see_reason, may_see_text
from domain.errors import NotFound
from domain.roles import Reader

R = TypeVar("R")
C = TypeVar("C")


def cut(
    rows: Iterable[R], window: Window, id_of: Callable[[R], int], record: Callable[[R], C], *, newest_first: bool = True
) -> Page[C]:
    """One page, and the cursors of the pages on both sides of it."""
    ordered = sorted(rows, key=id_of)
    if window.before is not None:
        smaller = [row for row in ordered if id_of(row) < window.before]
        shown = smaller[-window.size :]
        less, more = len(smaller) > len(shown), len(ordered) > len(smaller)
    elif window.after is not None:
        larger = [row for row in ordered if id_of(row) > window.after]
        shown = larger[: window.size]
        less, more = len(ordered) > len(larger), len(larger) > len(shown)
    elif newest_first:
        shown = ordered[-window.size :]
        less, more = len(ordered) > len(shown), False
    else:
        shown = ordered[: window.size]
        less, more = False, len(ordered) > len(shown)
    before = id_of(shown[0]) if shown and less else None
    after = id_of(shown[-1]) if shown and more else None
    items = [record(row) for row in (reversed(shown) if newest_first else shown)]
    return Page(tuple(items), before=before, after=after)


class Records:
    """Call it while holding the store's lock."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def card(self, row: PostRow) -> PostCard:
        post = row.post
        return PostCard(
            id=post.id,
            author=self.face(post.author_id),
            author_id=post.author_id,
            title=post.text.title,
            excerpt_html=post.html.excerpt_html,
            cut=post.html.cut,
            edited_at=post.edited_at,
            comment_count=row.comment_count,
        )

    def detail(self, row: PostRow) -> PostDetail:
        post = row.post
        return PostDetail(
            id=post.id,
            author=self.face(post.author_id),
            author_id=post.author_id,
            title=post.text.title,
            body=post.text.body,
            body_html=post.html.body_html,
            edited_at=post.edited_at,
            version=post.version,
            comment_count=row.comment_count,
        )

    def comment(self, comment: Comment, reader: Reader | None) -> CommentCard:
        visible = may_see_text(reader, hidden=comment.hidden)
        explained = comment.hidden and may_see_reason(reader, author_id=comment.author_id)
        return CommentCard(
            id=comment.id,
            post_id=comment.post_id,
            post_title=self._store.posts.committed[comment.post_id].post.text.title,
            author=self.face(comment.author_id),
            author_id=comment.author_id,
            body=comment.body if visible else None,
            body_html=comment.body_html if visible else None,
            edited_at=comment.edited_at,
            version=comment.version,
            hidden=comment.hidden,
            hidden_reason=comment.hidden_reason if explained else None,
        )

    def face(self, account_id: int) -> Face | None:
        account = self._store.accounts.committed[account_id].account
        return None if account.deleted else Face(account.id, account.username.text, account.name)

    def stored_comment(self, comment_id: int) -> Comment:
        comment = self._store.comments.committed.get(comment_id)
        if comment is None:
            raise NotFound()
        return comment

    def account(self, username: str) -> Account:
        for row in self._store.accounts.committed.values():
            if row.account.username.key == username.lower() and not row.account.deleted:
                return row.account
        raise NotFound()

    def member(self, account: Account) -> MemberCard:
        return MemberCard(
            id=account.id,
            username=account.username.text,
            email=account.email.text,
            name=account.name,
            location=account.location,
            about_me=account.about_me,
            role=account.role,
            confirmed=account.confirmed,
            disabled=account.disabled,
            last_seen_at=self._store.accounts.committed[account.id].last_seen_at,
        )
