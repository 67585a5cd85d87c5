"""The errors that callers may catch."""


class UnreadablePicture(ValueError):
    """The bytes are no picture that can be decoded within the limits.

    The message is a sentence for the visitor, in the active language; `code` names
    the reason for programs.
    """

    def __init__(self, message, code="unreadable"):
        super().__init__(message)
        self.code = code


class NetworkUnavailable(RuntimeError):
    """No checkpoint can be served; the message says which file and what to do."""


class DatasetUnavailable(RuntimeError):
    """There is nothing to train on; the message says where it was looked for."""


class HistoryUnavailable(RuntimeError):
    """Cassandra does not answer, or not at the configured consistency level."""


class StorageUnavailable(RuntimeError):
    """A picture cannot be kept; the message says where and why."""


class StorageFull(RuntimeError):
    """No more pictures are taken for now; the message says why, for the log."""

    def __init__(self, message, wait_s=600):
        super().__init__(message)
        self.wait_s = wait_s


class QuotaUsedUp(RuntimeError):
    """A sender sent as many bytes as are taken in a day; `wait_s` until these fit."""

    def __init__(self, limit_bytes, wait_s):
        super().__init__(f"More than {limit_bytes} bytes in a day.")
        self.limit_bytes = limit_bytes
        self.wait_s = wait_s


class TooManyUploads(RuntimeError):
    """A sender is over the rate limit of the form; `wait_s` until the next upload."""

    def __init__(self, wait_s):
        super().__init__(f"The next upload is taken in {wait_s} s.")
        self.wait_s = wait_s


class ClockInDoubt(RuntimeError):
    """It is not certain which day it is; the message says which clocks disagree."""


class Overloaded(RuntimeError):
    """As many uploads are in work as the process can take; a later one will do."""


class ExportUnderWay(Overloaded):
    """A process makes one export at a time, and another is being downloaded."""


class InvalidCursor(ValueError):
    """A page's cursor is forged, expired or of other filters; the message says which.

    The message is a sentence for the reader, in the active language.
    """


class CorrectionConflict(RuntimeError):
    """Another person changed the upload first; `current` is it now, None if deleted."""

    def __init__(self, current):
        super().__init__("The upload was changed meanwhile.")
        self.current = current
