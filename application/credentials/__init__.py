"""What an account is entered with: an address, a password, an API token. Checking them, and changing them."""
