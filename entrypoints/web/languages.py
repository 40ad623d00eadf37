"""The language of what a member wrote, guessed from its letters. A browser needs it for fonts, punctuation and line
breaks. Members do not name it, and it may differ from the language of the page."""

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# The middle dot and the long vowel mark are left out: Chinese texts have them in foreign names.
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff]")
_TAG = re.compile(r"<[^>]*>")


def language_of(text: str) -> str:
    """A language tag for the attribute `lang`. Empty (in HTML: unknown) if most of the text is in other scripts."""
    if not _HAN.search(text) and not _KANA.search(text):
        return ""
    plain = _TAG.sub("", text)
    han, kana = len(_HAN.findall(plain)), len(_KANA.findall(plain))
    if (han + kana) * 4 <= len(plain):
        return ""
    # Chinese shop names have a Japanese letter or two. They do not make a text Japanese.
    return "ja" if kana * 10 >= han + kana else "zh"
