"""A member's picture: always the same, hardly ever another's, and nothing in it that a strict policy would block."""

import re
import xml.etree.ElementTree as ET

from adapters.avatars import avatar_svg

DRAWN = [avatar_svg(account_id) for account_id in [None, *range(1, 2_000), 2**63 - 1]]


def test_the_same_member_always_has_the_same_picture():
    assert avatar_svg(7) == avatar_svg(7)


def test_two_members_have_two_pictures():
    assert len(set(DRAWN)) == len(DRAWN)


def test_every_picture_is_a_small_square_svg_on_its_own():
    for svg in DRAWN:
        assert len(svg) < 1_500
        root = ET.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.attrib == {"viewBox": "0 0 64 64"}


def test_a_picture_is_drawn_with_shapes_and_colours_alone():
    for svg in DRAWN:
        for element in ET.fromstring(svg).iter():
            assert element.tag.rpartition("}")[2] in {"svg", "g", "path", "circle", "ellipse"}
            assert not {"style", "class", "id", "href"} & element.attrib.keys()
            for name in ("fill", "stroke"):
                assert re.fullmatch("#[0-9a-f]{6}|none", element.get(name, "none"))
