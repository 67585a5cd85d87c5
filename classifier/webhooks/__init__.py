"""A signed webhook message for each upload, sent until the receiver accepts it."""
