"""The ledger notices what a site has lost, doubled or brought back."""

from tests.faults.ledger import Ledger, Thing, by_mark


def faults(thing: Thing, *texts: str) -> list[str]:
    return list(thing.faults(list(texts)))


def test_what_was_acknowledged_must_be_there_once() -> None:
    thing = Thing("/posts/", "m-1", acknowledged=0)

    assert not faults(thing, "m-1 edition 0")
    assert faults(thing)
    assert faults(thing, "m-1 edition 0", "m-1 edition 0")


def test_what_was_never_answered_may_be_there_once_or_not_at_all() -> None:
    thing = Thing("/posts/", "m-1")

    assert not faults(thing)
    assert not faults(thing, "m-1 edition 0")
    assert faults(thing, "m-1 edition 0", "m-1 edition 0")


def test_an_acknowledged_edition_is_the_oldest_that_may_be_there() -> None:
    thing = Thing("/posts/", "m-1", asked=3, acknowledged=2)

    assert not faults(thing, "m-1 edition 2")
    assert not faults(thing, "m-1 edition 3")
    assert faults(thing, "m-1 edition 1")


def test_what_was_deleted_is_gone() -> None:
    thing = Thing("/posts/", "m-1", acknowledged=0, is_deletion_asked=True)

    assert not faults(thing)
    assert not faults(thing, "m-1 edition 0")
    thing.is_deleted = True
    assert faults(thing, "m-1 edition 0")


def test_an_acknowledged_follow_is_there_unless_another_one_was_not_answered() -> None:
    ledger = Ledger("susan")
    state = ledger.follows["david"]
    state.acknowledged = state.asked = True

    assert not list(ledger.faults({}, ["david"]))
    assert list(ledger.faults({}, []))
    state.asked = False
    assert not list(ledger.faults({}, []))


def test_texts_are_found_by_their_mark() -> None:
    assert by_mark(["m-1 edition 0", "m-2 edition 4", "m-1 edition 1"]) == {
        "m-1": ["m-1 edition 0", "m-1 edition 1"],
        "m-2": ["m-2 edition 4"],
    }
