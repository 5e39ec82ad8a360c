"""What the database answers: read-only queries, and where each figure comes from."""
