"""Links in what members wrote, on other pages than the one where it stands."""

import re

# The renderer writes `href` first, and `srcset` after `src`. A text cannot match, because its `<` is escaped.
_LINK = re.compile(r'(?<=<a href=")[^"]*')
_PICTURE = re.compile(r'(?<=<img src=")[^"]*" srcset="[^"]*')
_SCHEME = re.compile(r"[^/?#]*:")


def elsewhere(html: str, post_id: int, base_url: str = "") -> str:
    """The HTML of a post, or of a comment below it, for another page: relative links lead to where they lead on the
    page of the post (RFC 3986, section 5.2). With `base_url` they and the addresses of pictures are absolute, for other
    programs."""
    page = f"/posts/{post_id}"

    def target(link: re.Match[str]) -> str:
        href = link[0]
        if _SCHEME.match(href):
            return href
        if href.startswith("//"):
            return base_url.partition("//")[0] + href
        if href.startswith("/"):
            return base_url + href
        # Whoever follows the link removes its dot segments.
        return base_url + (page + href if href.startswith(("#", "?")) else f"/posts/{href}")

    if base_url:
        html = _PICTURE.sub(lambda sources: sources[0].replace("/pictures/", f"{base_url}/pictures/"), html)
    return _LINK.sub(target, html)
