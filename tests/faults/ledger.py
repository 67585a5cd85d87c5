"""The clients' pictures and their answers, compared with the service's data."""

import hashlib
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

ACKNOWLEDGED = "acknowledged"
REFUSED = "refused"  # a page that says no, in its status as in its words
UNANSWERED = "unanswered"  # the connection broke: it may have been kept, once
UNSENT = "unsent"  # nobody took the connection


@dataclass
class Sent:
    """One picture that was sent, with its answer and their times."""

    outcome: str
    answered_at: float
    class_name: str | None = None  # "" where its page did not say, None: no page


@dataclass
class Ledger:
    """The book of one fault; `compare` closes it."""

    fault: str
    sent: dict[str, Sent] = field(default_factory=dict)  # by SHA-256
    found: int = 0
    lost: int = 0
    doubled: int = 0
    strange: int = 0
    recovered_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, sha256, outcome, class_name=None):
        with self.lock:
            self.sent[sha256] = Sent(outcome, time.monotonic(), class_name)

    def count(self, outcome):
        return sum(each.outcome == outcome for each in self.sent.values())

    @property
    def sent_count(self):
        return len(self.sent) - self.count(UNSENT)

    @property
    def unseen(self):
        """Return how many were acknowledged, and their page did not name a class."""
        return sum(each.class_name == "" for each in self.sent.values())

    @property
    def longest_pause_s(self):
        """Return the longest time between two acknowledgements."""
        times = sorted(
            each.answered_at
            for each in self.sent.values()
            if each.outcome == ACKNOWLEDGED
        )
        return max((after - before for before, after in pairwise(times)), default=0.0)

    def compare(self, rows, media_root, known):
        """Look for each picture among the records, with its bytes and its class.

        Args:
            rows: the records of the history, as dictionaries.
            media_root: the folder of the pictures.
            known: the digests of all that was ever sent to this service.
        """
        whole = [row for row in rows if _is_whole(row, media_root)]
        copies = Counter(row["sha256"] for row in whole)
        classes = {row["sha256"]: row["class_name"] for row in whole}
        for sha256, sent in self.sent.items():
            self.found += copies[sha256] > 0
            self.doubled += copies[sha256] > 1
            if sent.outcome == ACKNOWLEDGED:
                is_there = sent.class_name in (None, "", classes.get(sha256))
                self.lost += not (copies[sha256] and is_there)
            if sent.outcome in (REFUSED, UNSENT):
                self.strange += copies[sha256] > 0
        self.strange += len(rows) - len(whole)
        self.strange += sum(sha256 not in known for sha256 in copies)

    @property
    def is_balanced(self):
        """Tell whether nothing is lost, doubled, or there without having been sent."""
        return not (self.lost or self.doubled or self.strange)

    def as_row(self):
        """Return the figures by the names that the table gives them."""
        return {
            "fault": self.fault,
            "sent": self.sent_count,
            "acknowledged": self.count(ACKNOWLEDGED),
            "refused": self.count(REFUSED),
            "unanswered": self.count(UNANSWERED),
            "found": self.found,
            "lost": self.lost,
            "doubled": self.doubled,
            "strange": self.strange,
            "longest pause, s": round(self.longest_pause_s, 1),
            "recovered after, s": round(self.recovered_s, 1),
        }

    def write(self, path):
        """Append the figures to a file, one JSON object a line."""
        with path.open("a") as file:
            file.write(json.dumps(self.as_row()) + "\n")


def _is_whole(row, media_root):
    try:
        content = (media_root / row["stored_name"]).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(content).hexdigest() == row["sha256"]
