"""Everything of a community in memory, as it moves."""
