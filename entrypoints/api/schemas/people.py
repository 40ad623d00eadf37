"""The models of profiles."""

from pydantic import Field

from application.ports.people import Profile
from domain.roles import Role
from entrypoints.api.schemas.examples import ALONE, SUSAN, THEN
from entrypoints.api.schemas.fields import Answer, Count, Id, Instant, Length, Neighbour, Url, Urls
from entrypoints.picture_paths import avatar_path

# In the examples of the OpenAPI document.
SUSANS_PROFILE = Profile(
    id=SUSAN.id,
    username=SUSAN.username,
    name=SUSAN.name,
    location="Lisbon",
    about_me="Reads at night.",
    role=Role.USER,
    last_seen_at=THEN,
    post_count=1,
    comment_count=0,
    follower_count=1,
    following_count=0,
    followed=False,
    follows_you=False,
)


class User(Answer):
    id: Id
    url: Url
    web_url: Url
    username: str = Field(examples=["susan"])
    name: str
    location: str
    about_me: str
    avatar_url: Url
    member_since: Instant
    last_seen: Instant
    post_count: Count
    comment_count: Count
    follower_count: Count
    following_count: Count
    posts_url: Url
    followed_posts_url: Url
    followers_url: Url
    following_url: Url

    @classmethod
    def example(cls, urls: Urls) -> "User":
        return user_of(urls, SUSANS_PROFILE)


class UserList(Answer):
    users: list[User]
    prev: Neighbour
    next: Neighbour
    count: Length

    @classmethod
    def example(cls, urls: Urls) -> "UserList":
        return cls(users=[User.example(urls)], **ALONE)


class PeopleList(Answer):
    users: list[User]
    prev: Neighbour
    next: Neighbour

    @classmethod
    def example(cls, urls: Urls) -> "PeopleList":
        return cls(users=[User.example(urls)], prev=None, next=None)


def user_of(urls: Urls, profile: Profile) -> User:
    url = f"{urls.api}/users/{profile.username}"
    return User(
        id=str(profile.id),
        url=url,
        web_url=f"{urls.web}/@{profile.username}",
        username=profile.username,
        name=profile.name,
        location=profile.location,
        about_me=profile.about_me,
        avatar_url=urls.web + avatar_path(profile, 160),
        member_since=profile.member_since,
        last_seen=profile.last_seen_at,
        post_count=profile.post_count,
        comment_count=profile.comment_count,
        follower_count=profile.follower_count,
        following_count=profile.following_count,
        posts_url=f"{url}/posts/",
        followed_posts_url=f"{url}/timeline/",
        followers_url=f"{url}/followers/",
        following_url=f"{url}/following/",
    )
