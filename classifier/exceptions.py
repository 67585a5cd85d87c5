"""The exceptions that callers may catch."""


class UnreadablePicture(ValueError):
    """The bytes cannot be decoded as a picture within the limits.

    The message is a sentence for the visitor, in the active language; `code` names the
    reason for programs.
    """

    def __init__(self, message, code="unreadable"):
        super().__init__(message)
        self.code = code


class NetworkUnavailable(RuntimeError):
    """No checkpoint can be served; the message names the file and the cure."""


class DatasetUnavailable(RuntimeError):
    """There is nothing to train on; the message names the places searched."""


class HistoryUnavailable(RuntimeError):
    """Cassandra does not answer, or not at the configured consistency level."""


class StorageUnavailable(RuntimeError):
    """A picture cannot be stored; the message gives place and reason."""


class StorageFull(RuntimeError):
    """No more pictures are accepted for now; the message has the reason for the log."""

    def __init__(self, message, wait_s=600):
        super().__init__(message)
        self.wait_s = wait_s


class QuotaUsedUp(RuntimeError):
    """A sender's daily quota is used up; `wait_s` until these pictures fit."""

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
    """The date is uncertain; the message names the clocks that disagree."""


class Overloaded(RuntimeError):
    """The process has its maximum of uploads in work; a later one will succeed."""


class ExportUnderWay(Overloaded):
    """A process makes one export at a time, and another is being downloaded."""


class InvalidCursor(ValueError):
    """A page's cursor is forged, expired or of other filters.

    The message is a sentence for the reader, in the active language.
    """


class CorrectionConflict(RuntimeError):
    """Another change came first; `current` is the upload now, None if deleted."""

    def __init__(self, current):
        super().__init__("The upload was changed meanwhile.")
        self.current = current
