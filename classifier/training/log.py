"""A training's figures in TensorBoard's format, written without TensorBoard."""

import shutil

import tensorflow as tf

FIGURES = ("loss", "validation_loss", "validation_accuracy", "seconds")
# Makes TensorBoard draw a tensor as a point of a line.
SCALAR = tf.compat.v1.SummaryMetadata(
    plugin_data={"plugin_name": "scalars"}, data_class="DATA_CLASS_SCALAR"
)


class TrainingLog:
    """Event files in a folder, a point for each epoch and figure."""

    def __init__(self, folder, resumes):
        """Open the log; it starts empty unless the training resumes."""
        if not resumes:
            shutil.rmtree(folder, ignore_errors=True)
        self._writer = tf.summary.create_file_writer(str(folder))

    def write(self, epoch):
        """Add an epoch's figures; they are on disk when this returns."""
        with self._writer.as_default(step=epoch.number):
            for name in FIGURES:
                tf.summary.write(name, getattr(epoch, name), metadata=SCALAR)
        self._writer.flush()
