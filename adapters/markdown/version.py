"""The version of the renderer. It has a file of its own, because web processes read it and do not import the parser."""

# Raise this whenever the HTML of any text changes. tests/markdown/test_version.py notices.
VERSION = 4
