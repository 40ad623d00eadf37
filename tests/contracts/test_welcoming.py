"""The first steps that are left, on every storage."""

from application.storage import Storage
from domain.welcoming import Step
from tests.contracts.community import Community


def test_the_steps_that_are_left_are_stored_and_known_to_the_viewer(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    with storage.unit_of_work() as work:
        account = work.accounts.lock(ada.id)
        account.steps = Step.ALL
        assert account.take(Step.SIGN_IN | Step.FOLLOW)
        assert not account.take(Step.FOLLOW)
        work.accounts.save(account)
        work.commit()
    for each in (ada, bob):
        community.session(each, secret_hash=f"hash of {each.username.text}")

    with storage.unit_of_work() as work:
        assert work.accounts.get(ada.id).steps == Step.PROFILE | Step.WRITE
        assert work.accounts.get(bob.id).steps == bob.steps
    viewer = storage.session_feeds.viewer("hash of ada", community.now)
    assert viewer is not None
    assert viewer.steps == Step.PROFILE | Step.WRITE
    assert viewer.is_newcomer


def test_a_step_that_is_taken_without_a_commit_is_left(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with storage.unit_of_work() as work:
        account = work.accounts.lock(ada.id)
        account.steps = Step.ALL
        work.accounts.save(account)
        work.commit()
    with storage.unit_of_work() as work:
        account = work.accounts.lock(ada.id)
        account.take(Step.ALL)
        work.accounts.save(account)

    with storage.unit_of_work() as work:
        assert work.accounts.get(ada.id).steps == Step.ALL
