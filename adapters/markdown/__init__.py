"""Markdown: mistune parses it, the tree is restricted, and a sanitizer checks the HTML."""
