"""What a page is about, for search engines: JSON-LD in the words of schema.org."""

from collections.abc import Mapping

from flask import Blueprint
from flask_babel import gettext

from application.ports.members import MemberName
from application.ports.people import Profile
from application.ports.posts import PostDetail
from entrypoints.picture_paths import avatar_path
from entrypoints.settings import Settings
from entrypoints.web.languages import language_of
from entrypoints.web.syndication import opening, title_of
from entrypoints.web.templating import provide, utc

# The text of a post stands in its page. Search engines need no more of it here.
_TEXT_AT_MOST = 1_000

Thing = Mapping[str, object]


def blueprint(settings: Settings) -> Blueprint:
    views = Blueprint("structured_data", __name__)
    base_url = settings.base_url

    def post_as_data(post: PostDetail) -> Thing:
        """A BlogPosting, and with its comments a DiscussionForumPosting."""
        url = f"{base_url}/posts/{post.id}"
        changed = {} if post.edited_at is None else {"dateModified": utc(post.edited_at)}
        language = language_of(post.body_html)
        return {
            "@context": "https://schema.org",
            "@type": ["BlogPosting", "DiscussionForumPosting"],
            "@id": url,
            "url": url,
            "mainEntityOfPage": url,
            "headline": title_of(post),
            "text": opening(post.body_html, _TEXT_AT_MOST) or title_of(post),
            "author": author(post.author),
            "datePublished": utc(post.created_at),
            **changed,
            **({"inLanguage": language} if language else {}),
            **({} if post.picture_id is None else {"image": f"{base_url}/pictures/{post.picture_id}/1280.jpg"}),
            **({"keywords": ", ".join(post.tags)} if post.tags else {}),
            "commentCount": post.comment_count,
            "interactionStatistic": [
                _counter("CommentAction", post.comment_count),
                _counter("LikeAction", post.like_count),
            ],
        }

    def profile_as_data(profile: Profile) -> Thing:
        url = f"{base_url}/@{profile.username}"
        described = {"description": profile.about_me} if profile.about_me else {}
        lives = {"homeLocation": {"@type": "Place", "name": profile.location}} if profile.location else {}
        return {
            "@context": "https://schema.org",
            "@type": "ProfilePage",
            "@id": url,
            "url": url,
            "dateCreated": utc(profile.member_since),
            "mainEntity": {
                **person(profile.id, profile.username, profile.name),
                "image": base_url + avatar_path(profile, 160),
                **described,
                **lives,
                "interactionStatistic": [_counter("FollowAction", profile.follower_count)],
                "agentInteractionStatistic": [_counter("WriteAction", profile.post_count)],
            },
        }

    def author(member: MemberName | None) -> Thing:
        if member is None:
            return {"@type": "Person", "name": gettext("deleted member")}
        return person(member.id, member.username, member.name)

    def person(id: int, username: str, name: str) -> Thing:
        return {
            "@type": "Person",
            "name": name or username,
            "alternateName": f"@{username}",
            "identifier": str(id),
            "url": f"{base_url}/@{username}",
        }

    provide(views, post_as_data=post_as_data, profile_as_data=profile_as_data)
    return views


def _counter(action: str, count: int) -> Thing:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"https://schema.org/{action}",
        "userInteractionCount": count,
    }
