"""Host names in letters of any script, in the form that mail servers take: labels that begin with `xn--` (RFC 5890).

Python's codec `idna` follows the standard of 2003. It makes `ss` of `ß`, which is another domain today.
"""

import re
import unicodedata

from domain.texts import INVISIBLE

# RFC 1035 section 2.3.4, less `xn--`. An encoded label has at least as many characters.
_LONGEST_LABEL = 63 - len("xn--")
# The full stops that people type in other scripts (UTS 46 section 2.3).
_DOT = re.compile("[.\u3002\uff0e\uff61]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def in_ascii(name: str) -> str:
    """A name that is ASCII stays as it is. In any other one, each label is mapped to its usual form (NFKC, lower case)
    and encoded. Raises ValueError for characters that no label may have, and for a label that is too long."""
    return name if name.isascii() else ".".join(_label(label) for label in _DOT.split(name))


def in_letters(name: str) -> str:
    """What people read: the reverse of `in_ascii`. A label that is encoded in no valid way stays as it is."""
    return ".".join(map(_read, name.split(".")))


def _read(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode") if label.lower().startswith("xn--") else label
    except UnicodeError:
        return label


def _label(label: str) -> str:
    if label.isascii():
        return label
    # One character after another, because a final capital sigma would become another letter than one that is typed.
    label = unicodedata.normalize("NFKC", "".join(map(str.lower, unicodedata.normalize("NFKC", label))))
    if len(label) > _LONGEST_LABEL or not _is_of_letters(label):
        raise ValueError(label)
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def _is_of_letters(label: str) -> bool:
    """Letters, marks, digits and hyphens (RFC 5891 sections 4.2.3 and 4.2.4)."""
    kinds = [unicodedata.category(char) for char in label]
    return (
        all(kind[0] in "LM" or kind == "Nd" or char == "-" for kind, char in zip(kinds, label, strict=True))
        and not _INVISIBLE.search(label)
        and kinds[0][0] != "M"
        and label[0] != "-" != label[-1]
        and label[2:4] != "--"
    )
