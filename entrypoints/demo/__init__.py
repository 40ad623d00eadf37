"""A demo community for an empty storage: members, posts and comments, made from a seed.

`content/` has the texts. The seed decides the dates and who follows whom. `loading.load` stores all of it.
"""

from entrypoints.demo.password import ADMIN_EMAIL, administrator_password, password_works

__all__ = ["ADMIN_EMAIL", "administrator_password", "password_works"]
