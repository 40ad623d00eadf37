"""What the demo says about itself, read from `content/site.toml`."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from adapters.markdown.rendering import InlineRenderer
from domain.pictures import Shape
from domain.rules import numbered
from domain.site import MARKDOWN, Site, SiteHtml

_WORDS = Path(__file__).parent / "content" / "site.toml"


def introduced(
    site: Site,
    renderer: InlineRenderer,
    members: Collection[str],
    illustrated: Callable[[str], tuple[str, Mapping[int, Shape]]],
) -> Site:
    """The site that the settings describe, with the words of the demo. `members` are the keys of usernames.
    `illustrated` gives a text the ids of its pictures."""
    words = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    pictures: dict[int, Shape] = {}
    for name in [name for name in words if name in MARKDOWN]:
        words[name], shapes = illustrated(words[name])
        pictures |= shapes
    text = site.text.replaced({name: value.strip() for name, value in words.items()})
    rendered = {
        name: renderer.post(text.value_of(name), members=frozenset(members), pictures=pictures).html
        for name in MARKDOWN
        if text.value_of(name)
    }
    rendered["rules"] = numbered(rendered["rules"])
    return Site(text=text, html=SiteHtml(**rendered, version=renderer.version), announced=1)
