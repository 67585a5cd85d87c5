import tempfile
from pathlib import Path

import tensorflow as tf
from django.test import SimpleTestCase

from classifier.training.log import TrainingLog
from classifier.training.trainer import Epoch


def epoch(number):
    return Epoch(number, 0.5, 0.4, validation_accuracy=0.75, seconds=2.0)


class TrainingLogTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "log"

    def points(self, tag):
        """Read (step, value) of a tag from every event file, as TensorBoard does."""
        files = sorted(map(str, self.folder.iterdir()))
        events = [
            tf.compat.v1.Event.FromString(record.numpy())
            for record in tf.data.TFRecordDataset(files)
        ]
        events.sort(key=lambda event: event.wall_time)
        return [
            (event.step, float(tf.make_ndarray(value.tensor)))
            for event in events
            for value in event.summary.value
            if value.tag == tag and value.metadata.plugin_data.plugin_name == "scalars"
        ]

    def test_has_a_point_for_each_epoch(self):
        log = TrainingLog(self.folder, resumes=False)

        log.write(epoch(1))
        log.write(epoch(2))

        self.assertEqual(self.points("validation_accuracy"), [(1, 0.75), (2, 0.75)])
        self.assertEqual(self.points("loss"), [(1, 0.5), (2, 0.5)])

    def test_goes_on_with_an_earlier_one(self):
        TrainingLog(self.folder, resumes=False).write(epoch(1))

        TrainingLog(self.folder, resumes=True).write(epoch(2))

        self.assertEqual([step for step, _ in self.points("loss")], [1, 2])

    def test_forgets_another_training(self):
        TrainingLog(self.folder, resumes=False).write(epoch(1))

        TrainingLog(self.folder, resumes=False).write(epoch(1))

        self.assertEqual(len(self.points("loss")), 1)
