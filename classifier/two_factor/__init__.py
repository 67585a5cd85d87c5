"""Two-step sign-in to the admin: a password, then a code from a phone."""
