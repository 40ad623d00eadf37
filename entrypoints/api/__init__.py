"""The REST API: everything the site can do, for programs. It adds no rule of its own.

Every request carries its proof, a password or a token; a session cookie is none.
"""
