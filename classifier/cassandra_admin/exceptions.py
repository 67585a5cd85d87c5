"""The errors that the admin turns into pages."""


class InvalidLookup(ValueError):
    """An address asks for a page or a filter that does not exist; says which (400)."""
