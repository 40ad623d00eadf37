"""Where a text mentions somebody."""

import pytest

from domain.mentions import LINKED_AT_MOST, mentions, possible_mentions


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@susan", ["susan"]),
        ("@Susan, @j.doe_1 and @x", ["Susan", "j.doe_1", "x"]),
        ("Thanks, @susan.", ["susan"]),
        ("Is it @susan...?", ["susan"]),
        ("(@susan) “@susan” —@susan *@susan", ["susan"] * 4),
        ("@susan's soup, @susan-like", ["susan", "susan"]),
        ("请@susan来，还有@john。", ["susan", "john"]),
        ("@susanさん、ありがとう@john", ["susan", "john"]),
        ("カタカナ@susan", ["susan"]),
        ("@susan님", ["susan"]),
        ("susan@example.com a.@susan _@susan /@susan @@susan 7@susan é@susan я@susan 님@susan", []),
        ("@susan@example.com, @j.doe@example.com", []),
        ("@ susan @7up @_susan @.susan @", []),
        (f"@{'x' * 64} @{'y' * 65}", ["x" * 64]),
    ],
)
def test_a_mention_is_an_at_sign_and_a_username(text: str, names: list[str]) -> None:
    assert [mention[1] for mention in mentions(text)] == names


@pytest.mark.parametrize(
    ("markdown", "keys"),
    [
        ("Soup for @Susan, and more for @susan", ("susan",)),
        ("_@susan_ and _thanks, @john_", ("susan_", "susan", "john_", "john")),
        (r"@miss\_adeyemi", ("miss_adeyemi",)),
        (r"\@susan", ()),
        ("`@susan` [@john](/there)", ("susan", "john")),
        ("nobody@example.com", ()),
    ],
)
def test_a_text_may_mention_whom_its_markdown_names(markdown: str, keys: tuple[str, ...]) -> None:
    assert possible_mentions(markdown) == keys


def test_only_the_first_usernames_of_a_text_are_looked_up() -> None:
    text = " ".join(f"@member{number}_" for number in range(100))

    assert len(possible_mentions(text)) == LINKED_AT_MOST
    assert possible_mentions(text)[0] == "member0_"
