"""Counters that drifted are found part by part, and counted anew."""

import pytest

from application import mending
from application.ports.mending import Counter
from application.ports.paging import Window
from application.ports.tallies import Tally, Total
from tests.use_cases.conftest import Community


@pytest.mark.parametrize("part", [1, 2, 200])
def test_counters_are_compared_part_by_part_and_mended(
    community: Community, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(mending, "PART", part)
    ada, _bob = community.join("ada"), community.join("bob")
    post_id = community.posts.publish(actor_id=ada, title="", body="Soup.")
    with community.open_work() as work:
        work.tallies.add({ada: Tally(posts=2)})
        work.tallies.add_comments(post_id, 1)
        work.tallies.add_to_site({Total.MEMBERS: 7}, shard_of=1)
        work.commit()

    seen = list(community.mending.compare_counters())

    assert (seen[0].done, seen[-1].done, {step.total for step in seen}) == (0, 3, {3})
    drifts = [drift for step in seen for drift in step.drifts]
    assert [(drift.counter, drift.owner_id, drift.stored, drift.counted) for drift in drifts] == [
        (Counter.MEMBERS, 0, 9, 2),
        (Counter.POSTS_OF_MEMBER, ada, 3, 1),
        (Counter.COMMENTS_OF_POST, post_id, 1, 0),
    ]
    for drift in drifts:
        community.mending.recount(drift)
    assert not any(step.drifts for step in community.mending.compare_counters())
    assert community.people_feeds.profile(None, "ada").post_count == 1


def test_search_texts_in_memory_are_never_behind(community: Community) -> None:
    ada = community.join("ada")

    assert [part.wrong for part in community.mending.stale_texts()] == [()]
    assert not community.mending.is_index_behind()
    community.mending.store_text(ada)
    community.mending.fill_index()
    assert [card.username for card in community.member_feeds.search(None, "ada", Window(5)).items] == ["ada"]
