"""What the objects of the API are made of, and one to begin with."""

import re
from typing import Any

from tests.api.client import ROOT, Api
from tests.web.site import BASE_URL

API = BASE_URL + ROOT


POST_FIELDS = {
    *("id", "url", "web_url", "title", "body", "body_html", "tags", "timestamp", "edited_at", "version"),
    *("author_url", "author", "comments_url", "comment_count", "comments_closed", "hidden"),
    *("like_count", "liked", "bookmarked"),
}


COMMENT_FIELDS = {
    *("id", "url", "web_url", "post_url", "body", "body_html", "timestamp", "edited_at", "version", "hidden"),
    *("muted", "author_url", "author", "reply_to", "like_count", "liked"),
}


USER_FIELDS = {
    *("id", "url", "web_url", "username", "name", "location", "about_me", "avatar_url", "member_since", "last_seen"),
    *("post_count", "comment_count", "follower_count", "following_count"),
    *("posts_url", "followed_posts_url", "followers_url", "following_url"),
}


CASE_FIELDS = {
    *("id", "url", "state", "subject_kind", "subject_url", "about", "kinds", "report_count", "reports"),
    *("settled_by", "act", "reason", "rule", "created_at", "settled_at"),
}


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def publish(program: Api, body: str = "Soup is a kind of *hope*.", **more: Any) -> Any:
    answer = program.post("/posts/", {"body": body} | more)
    assert answer.status == 201, answer
    return answer.json
