"""Trains a network epoch by epoch, so that a kill loses no finished epoch.

The state after each epoch is one file; a resumed training gives the same result as an
uninterrupted one.
"""

import json
import time
from dataclasses import asdict, dataclass, replace

import keras
import numpy as np
import tensorflow as tf

from .. import durable_files
from ..networks.preprocessing import Preprocessing, to_batch
from .image_network import build_network
from .recipes import (
    LABEL_SMOOTHING,
    LEVEL_SHARE,
    RECIPES,
    learning_rate,
    make_optimizer,
)
from .splits import split_validation

EVALUATION_BATCH_SIZE = 500
STATE = "image.npz"


@dataclass(frozen=True, slots=True)
class Plan:
    """The training parameters; equal plans and data give equal networks."""

    # A name in `recipes.RECIPES`.
    recipe: str
    epochs: int
    batch_size: int
    seed: int
    # Keras's dtype policy during the training.
    precision: str = "float32"


@dataclass(frozen=True, slots=True)
class Epoch:
    """The figures of one pass over the training split."""

    number: int
    loss: float
    validation_loss: float
    validation_accuracy: float
    seconds: float


class ResumeError(ValueError):
    """The state on disk belongs to another training."""


def prepare(data, plan, folder):
    """Prepare the training of a plan, ready to run or resume.

    Args:
        data: the Dataset.
        plan: the Plan.
        folder: Path of the training's state.

    Returns:
        The Training.
    """
    recipe = RECIPES[plan.recipe]
    train, validation = split_validation(data.train, plan.seed)
    keras.utils.set_random_seed(plan.seed)
    network = build_network(
        Preprocessing().input_shape,
        len(data.class_names),
        precision=plan.precision,
        **recipe.architecture,
    )
    stream = recipe.stream(train, data.class_names, plan.batch_size, plan.seed)
    return Training(network, stream, validation, plan, folder / STATE)


class Training:
    """A training in progress: `run()` it, then take the best epoch's weights."""

    def __init__(self, network, stream, validation, plan, state_path):
        self.network = network
        self.stream = stream
        self.validation = validation
        self.plan = plan
        self.recipe = RECIPES[plan.recipe]
        self.state_path = state_path
        self.optimizer = make_optimizer()
        self.optimizer.build(network.trainable_variables)
        self.epochs = []
        self._best = None
        self._step = tf.function(self._learn, reduce_retracing=True)
        self._infer = tf.function(network, reduce_retracing=True)

    @property
    def is_finished(self):
        return len(self.epochs) >= self.plan.epochs

    @property
    def best(self):
        """The epoch with the highest accuracy on the validation split."""
        return max(
            self.epochs,
            key=lambda epoch: (epoch.validation_accuracy, -epoch.validation_loss),
        )

    def forget(self):
        """Remove the state of an earlier training."""
        self.state_path.unlink(missing_ok=True)

    def resume(self):
        """Continue from the state on disk.

        Raises:
            ResumeError: there is none, or it is of another plan or network.
        """
        try:
            with np.load(self.state_path) as state:
                self._restore(state)
        except FileNotFoundError as error:
            raise ResumeError(
                f"There is nothing to resume: {error.filename}."
            ) from error

    def run(self):
        """Train the remaining epochs, yielding each once its state is saved."""
        for number in range(len(self.epochs) + 1, self.plan.epochs + 1):
            epoch = self._run_epoch(number)
            self.epochs.append(epoch)
            if epoch is self.best:
                self._best = [variable.numpy() for variable in self.network.variables]
            self._keep()
            yield epoch

    def restore_best(self):
        """Put the best epoch's weights into the network."""
        _assign(self.network.variables, self._best)

    def logits(self, images):
        """Logits of the network in its present state: float32 (n, classes)."""
        starts = range(0, len(images), EVALUATION_BATCH_SIZE)
        chunks = [images[start : start + EVALUATION_BATCH_SIZE] for start in starts]
        return np.concatenate([self._infer(to_batch(chunk)) for chunk in chunks])

    def _run_epoch(self, number):
        start = time.perf_counter()
        losses = []
        for step, (batch, targets) in enumerate(self._batches(number)):
            passed = number - 1 + step / self.stream.steps
            self.optimizer.learning_rate = learning_rate(passed, self.plan.epochs)
            losses.append(float(self._step(batch, targets)))
        logits = self.logits(self.validation.images)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return Epoch(
            number=number,
            loss=float(np.mean(losses)),
            validation_loss=float(loss(self.validation.labels, logits)),
            validation_accuracy=float(
                np.mean(logits.argmax(axis=1) == self.validation.labels)
            ),
            seconds=time.perf_counter() - start,
        )

    def _batches(self, number):
        """Prefetch the stream's batches while the network learns."""
        height, width, channels = self.network.input_shape[1:]
        signature = (
            tf.TensorSpec((None, height, width, channels), tf.float32),
            tf.TensorSpec((None, self.network.output_shape[-1]), tf.float32),
        )
        batches = tf.data.Dataset.from_generator(
            self.stream.epoch, args=[number], output_signature=signature
        )
        options = tf.data.Options()
        # Its thread sleeps as long as an epoch takes, and the end of the epoch waits.
        options.autotune.enabled = False
        return batches.prefetch(8).with_options(options)

    def _learn(self, batch, targets):
        even = 1 / targets.shape[-1]
        targets = targets + (even - targets) * LABEL_SMOOTHING
        with tf.GradientTape() as tape:
            logits = self.network(batch, training=True)
            losses = tf.nn.softmax_cross_entropy_with_logits(targets, logits)
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, self.network.trainable_variables)
        self.optimizer.apply(gradients)
        return loss

    @property
    def _variables(self):
        return [*self.network.variables, *self.optimizer.variables]

    def _keep(self):
        """Save the state; after a kill this one or the previous one is there."""
        about = {"plan": asdict(self.plan), "epochs": [asdict(e) for e in self.epochs]}
        arrays = {f"variable-{i}": v.numpy() for i, v in enumerate(self._variables)}
        arrays |= {f"best-{i}": value for i, value in enumerate(self._best)}
        self.state_path.parent.mkdir(parents=True, exist_ok=True)
        with durable_files.replacing(self.state_path) as file:
            np.savez(file, about=json.dumps(about), **arrays)

    def _restore(self, state):
        about = json.loads(str(state["about"]))
        if not _leads_to(Plan(**about["plan"]), self.plan, len(about["epochs"])):
            raise ResumeError(
                f"The training to resume had the options {about['plan']},"
                f" these are {asdict(self.plan)}."
            )
        values = [state[f"variable-{i}"] for i in range(len(self._variables))]
        if [v.shape for v in values] != [tuple(v.shape) for v in self._variables]:
            raise ResumeError("The training to resume had another network or data set.")
        _assign(self._variables, values)
        self._best = [state[f"best-{i}"] for i in range(len(self.network.variables))]
        self.epochs = [Epoch(**epoch) for epoch in about["epochs"]]


def _leads_to(begun, plan, finished):
    """Tell whether one plan's finished epochs are the first ones of another plan."""
    if begun == plan:
        return True
    epochs = min(begun.epochs, plan.epochs)
    return (
        replace(begun, epochs=plan.epochs) == plan and finished <= LEVEL_SHARE * epochs
    )


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
