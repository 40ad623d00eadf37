"""Pictures: the making of files, their store, and what is known of them."""
