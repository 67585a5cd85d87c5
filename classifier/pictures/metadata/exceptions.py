"""The errors of this package."""


class NotStripped(ValueError):
    """The file is built in a way that is not followed here."""
