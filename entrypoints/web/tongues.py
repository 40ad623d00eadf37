"""In which script somebody wrote, as far as fonts, punctuation and line breaks care. Nobody says so when writing, and
what they write need not be in the language of the page around it."""

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# Without the dot and the long dash among them, which stand in foreign names in Chinese too.
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff]")
_TAG = re.compile(r"<[^>]*>")


def tongue(text: str) -> str:
    """A language tag; empty, which HTML calls unknown, for what is mostly in other scripts."""
    if not _HAN.search(text) and not _KANA.search(text):
        return ""
    plain = _TAG.sub("", text)
    han, kana = len(_HAN.findall(plain)), len(_KANA.findall(plain))
    if (han + kana) * 4 <= len(plain):
        return ""
    # A Japanese word or two, as the Chinese like on their shops, do not make a text Japanese.
    return "ja" if kana * 10 >= han + kana else "zh"
