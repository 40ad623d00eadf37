"""Makes a crowd of a size."""

import random

from adapters.markdown.rendering import InlineRenderer
from application.ports.filling import Crowd, Progress
from application.ports.moving.tags import TagRecord
from domain.ids import RANDOM_BITS
from entrypoints.demo.crowd.dealing import Dealing
from entrypoints.demo.crowd.following import follows_of
from entrypoints.demo.crowd.members import Members
from entrypoints.demo.crowd.sizes import Size
from entrypoints.demo.crowd.telling import Telling
from entrypoints.demo.crowd.texts import Texts, texts_of


def crowd_of(size: Size, *, renderer: InlineRenderer, password_hash: str, progress: Progress) -> Crowd:
    """The same size makes the same crowd."""
    progress("texts", 0, size.posts)
    chance = random.Random(size.seed)  # noqa: S311 - repeatable on purpose, not a secret
    texts = texts_of(chance, renderer, posts=size.posts, comments=size.comments)
    progress("members", 0, size.posts)
    members = Members(chance, size)
    accounts = members.records(password_hash, texts.sentences)
    telling = Telling(members)
    follows = follows_of(chance, members)
    telling.of_follows(follows)
    dealing = Dealing(chance, members, telling, texts)
    conversation = dealing.conversation(progress)
    return Crowd(
        accounts=accounts,
        tags=_tags(texts, members, chance),
        post_texts=texts.posts,
        comment_texts=texts.comments,
        posts=conversation.posts,
        comments=conversation.comments,
        follows=follows,
        post_likes=conversation.post_likes,
        comment_likes=conversation.comment_likes,
        told=telling.rows(),
    )


def _tags(texts: Texts, members: Members, chance: random.Random) -> list[TagRecord]:
    """All of them are from the beginning."""
    names = sorted({name for text, _ in texts.posts for name in text.tags})
    bits = sorted(chance.sample(range(1 << RANDOM_BITS), len(names)))
    return [
        TagRecord(id=members.begin << RANDOM_BITS | each, name=name, leads_to=0)
        for name, each in zip(names, bits, strict=True)
    ]
