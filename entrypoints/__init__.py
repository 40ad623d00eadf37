"""The edges: web site, REST API, command line and worker. They are wired to the core here."""
