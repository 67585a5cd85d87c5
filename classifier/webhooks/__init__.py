"""A signed message to another system for each upload, sent until it is taken."""
