"""The errors that the admin turns into pages."""


class InvalidLookup(ValueError):
    """The address asks for an unknown page or filter; the message names it (400)."""
