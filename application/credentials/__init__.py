"""Credentials: address and password, and API tokens. Check them, and change them."""
