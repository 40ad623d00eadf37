"""The token of a mailed link, as people copy it: with what stood around the link."""

# A token consists of letters, digits, `-`, `_`, and `.` between its parts. `=` is not cut off: `token=` would be one
# more spelling of the same token.
_BLANKS = " \t\r\n\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}\N{ZERO WIDTH SPACE}"
_PUNCTUATION = "<>()[]{}.,:;!?*'\"“”‘’«»。，、；：！？（）《》「」【】"


def token_in(copied: str) -> str:
    """The token without blanks, brackets, quotation marks and the punctuation of a sentence at its ends."""
    return copied.strip(_BLANKS + _PUNCTUATION)
