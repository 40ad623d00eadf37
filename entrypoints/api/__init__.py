"""The REST API: all that the site can do, for programs. It adds no rule to those of the core.

Every request carries a password or a token. The API ignores session cookies.
"""
