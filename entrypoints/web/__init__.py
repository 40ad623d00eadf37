"""The web site: HTML for people. It translates; what may be done is decided in the core."""
