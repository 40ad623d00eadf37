"""The index of the search is made anew by a job. In memory there is no index, so nothing is to do."""

from application.ports.paging import Window
from domain.job_kinds import JobKind
from domain.searching.queries import Query


def found(community, query):
    return [post.body for post in community.search_feeds.posts(None, Query.parse(query), Window(9)).page.items]


def test_a_post_is_found_as_soon_as_it_is_published(community):
    susan = community.join("susan")
    community.posts.publish(actor_id=susan, title="On bread", body="Slow *dough* is good dough.")

    assert found(community, "dough") == found(community, "bread slow") == ["Slow *dough* is good dough."]
    assert found(community, "cake") == []


def test_in_memory_nothing_waits_for_the_job(community):
    community.searching.look()

    assert [row.kind for row in community.outbox_rows() if row.kind is JobKind.INDEX] == []
    assert [progress.done for progress in community.searching.rebuild()] == [0]
