"""Answers to many pictures in their order, by a process for each core.

Threads wait for each other: Python runs in one at a time, and so does each network. A
process that a file kills is replaced, and the file is reported.
"""

import logging
import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import django
import numpy as np
from django.conf import settings
from PIL import Image

from classifier.exceptions import UnreadablePicture
from classifier.pictures.file_names import one_line
from deewhy.cores import cores

FEW = 16  # pictures that are answered before other processes would have started
BATCH = 8
AHEAD = 3  # batches in hand for each process
KILLED = "Reading the file ended its process."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The prediction for a picture and its thumbnail, or why there is none."""

    prediction: Any = None
    was_cut_short: bool = False
    thumbnail: np.ndarray | None = None
    error: str | None = None


def answers(classifier, sources, *, thumbnails=False):
    """Yield the Answer to each source, in order.

    Args:
        classifier: answers a few itself; for more, processes load its checkpoint.
        sources: iterable of paths, binary files, or images as uint8 (height, width).
        thumbnails: whether the answers need them.
    """
    sources = iter(sources)
    few = list(islice(sources, FEW))
    more = list(islice(sources, 1))
    if not more or cores() == 1:
        for source in chain(few, more, sources):
            yield _answer(classifier, source, thumbnails)
        return
    pool = _Pool(classifier.version, thumbnails)
    try:
        yield from pool.answers(chain(few, more, sources))
    finally:
        pool.close()


class _Pool:
    """Processes with a checkpoint, replaced when one of them is killed."""

    def __init__(self, version, thumbnails):
        self.many = _Processes(cores(), version, thumbnails)
        self.single = _Processes(1, version, thumbnails)

    def answers(self, sources):
        in_hand, left = deque(), True
        while left or in_hand:
            while left and len(in_hand) < AHEAD * cores():
                batch = list(islice(sources, BATCH))
                left = len(batch) == BATCH
                in_hand.append((batch, self.many.submit(batch)))
            yield from self.results(*in_hand.popleft())

    def results(self, batch, future):
        """Return the answers to a batch; if its processes ended, one after the other.

        The one that ended them is known only if it is the only one in hand.
        """
        try:
            return future.result()
        except BrokenProcessPool:
            return [self.alone(source) for source in batch]

    def alone(self, source):
        try:
            [answer] = self.single.submit([source]).result()
        except BrokenProcessPool:
            logger.error("%s ended the process that read it.", _name(source))
            return Answer(error=KILLED)
        return answer

    def close(self):
        self.many.close()
        self.single.close()


class _Processes:
    """An executor that is started when needed, and anew after one was killed."""

    def __init__(self, count, version, thumbnails):
        self.count = count
        self.arguments = version, Path(settings.CHECKPOINTS_DIR), thumbnails
        self.executor = None

    def submit(self, batch):
        try:
            return self._running().submit(_answer_batch, batch)
        except BrokenProcessPool:
            self.close()
            return self._running().submit(_answer_batch, batch)

    def close(self):
        if self.executor:
            self.executor.shutdown(cancel_futures=True)
            self.executor = None

    def _running(self):
        if self.executor is None:
            # The processes inherit it. Other threads would spin after each product.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            self.executor = ProcessPoolExecutor(
                self.count,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=self.arguments,
            )
        return self.executor


def _begin(version, folder, thumbnails):
    """Prepare a process for its pictures."""
    global _own
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command ends it
    django.setup()
    # The apps are there only after the line above.
    from classifier import prediction
    from classifier.networks import checkpoints

    settings.CHECKPOINTS_DIR = folder
    classifier = prediction.load(checkpoints.open_checkpoint(version))
    _own = classifier, thumbnails


_own: tuple | None = None


def _answer_batch(sources):
    classifier, thumbnails = _own
    return [_answer(classifier, source, thumbnails) for source in sources]


def _answer(classifier, source, thumbnails):
    # Pictures need the apps, which a new process has only after `_begin`.
    from classifier.evaluation.metrics import thumbnail
    from classifier.pictures import is_cut_short, open_picture

    if isinstance(source, str) and os.path.isdir(source):
        return Answer(error="There are no files in this folder.")
    try:
        if isinstance(source, np.ndarray):
            picture = Image.fromarray(source)
        else:
            picture = open_picture(source)
        prediction = classifier.classify(picture)
        shown = thumbnail(picture) if thumbnails else None
        return Answer(prediction, is_cut_short(picture), shown)
    except UnreadablePicture as error:
        return Answer(error=str(error))
    except OSError as error:
        return Answer(error=f"The file cannot be opened: {error.strerror}.")
    except Exception:  # one file must not end a batch
        logger.exception("%s could not be read.", _name(source))
        return Answer(error="The file could not be read.")


def _name(source):
    return one_line(str(source)) if isinstance(source, str | Path) else "A picture"
