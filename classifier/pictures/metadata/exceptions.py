"""The errors of this package."""


class NotStripped(ValueError):
    """The file has a structure that this package does not follow."""
