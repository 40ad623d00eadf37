"""In which script somebody wrote, as far as fonts, punctuation and line breaks care. Nobody says so when writing, and
what they write need not be in the language of the page around it."""

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_TAG = re.compile(r"<[^>]*>")


def tongue(text: str) -> str:
    """A language tag; empty, which HTML calls unknown, for what is mostly in other scripts."""
    if not _HAN.search(text):
        return ""
    plain = _TAG.sub("", text)
    han = len(_HAN.findall(plain))
    if han * 4 <= len(plain):
        return ""
    return "ja" if _KANA.search(plain) else "zh"
