"""The web site: HTML for people. The core has the rules."""
