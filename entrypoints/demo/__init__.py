"""A community worth looking at, for an empty store: people, posts, conversations, made anew from a seed.

The words are in `content/`; what the seed decides is who comes when and who follows whom. `loading.load` does it.
"""

from entrypoints.demo.password import ADMIN_EMAIL, administrator_password, password_works

__all__ = ["ADMIN_EMAIL", "administrator_password", "password_works"]
