"""A network for serving: in LiteRT, without the import time of TensorFlow."""

import os
import threading
from contextlib import contextmanager

import numpy as np
from ai_edge_litert.interpreter import Interpreter

MAX_BATCH = 256


class Network:
    """Turns batches into logits; several threads may call it at once."""

    def __init__(self, model):
        """Load a model.

        Args:
            model: the bytes of a LiteRT model, from `network.to_litert()` or
                `efficientnet.to_int8()`.

        Raises:
            ValueError: the bytes are no model.
        """
        self._lock = threading.Lock()
        self._size = None
        with _hushed():
            # One thread, so that answers of a worker do not wait for a busy core.
            self._interpreter = Interpreter(model_content=model, num_threads=1)
            [self._input] = self._interpreter.get_input_details()
            [self._output] = self._interpreter.get_output_details()
            self(np.zeros(self._input["shape"], np.float32))  # the first call is slow

    @property
    def side(self):
        """Height and width of the input, in pixels."""
        return int(self._input["shape"][1])

    def __call__(self, batch):
        """Compute logits, or the feature maps of a backbone.

        Args:
            batch: float32 (n, height, width, channels), any n.

        Returns:
            float32 (n, ...), in the shape of the model's output.
        """
        chunks = [
            self._compute(batch[start : start + MAX_BATCH])
            for start in range(0, len(batch), MAX_BATCH)
        ]
        if not chunks:
            return np.empty((0, *self._output["shape"][1:]), np.float32)
        return np.concatenate(chunks)

    def _compute(self, chunk):
        with self._lock:
            if len(chunk) != self._size:
                self._interpreter.resize_tensor_input(self._input["index"], chunk.shape)
                self._interpreter.allocate_tensors()
                self._size = len(chunk)
            self._interpreter.set_tensor(self._input["index"], chunk)
            self._interpreter.invoke()
            return self._interpreter.get_tensor(self._output["index"])


@contextmanager
def _hushed():
    """Silence the messages of LiteRT's C++ on the terminal."""
    with open(os.devnull, "wb") as nothing:
        errors = os.dup(2)
        os.dup2(nothing.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(errors, 2)
            os.close(errors)
