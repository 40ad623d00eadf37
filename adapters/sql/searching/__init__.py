"""Search in SQL. A search reads its index segment by segment, from the newest texts to older ones."""
