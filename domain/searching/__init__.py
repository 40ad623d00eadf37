"""Search: words, what a query asks for, and what is shown of a text that was found."""
