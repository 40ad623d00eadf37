"""How: one place for each technology that the core drives through its ports."""
