"""Signing in to the admin in two steps: a password, then a code from a phone."""
