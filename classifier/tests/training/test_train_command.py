import io
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings, tag

from classifier.labels import CLASS_NAMES
from classifier.learning import objections
from classifier.networks import checkpoints
from classifier.networks.confidence import NEVER_SURE
from classifier.training.recipes import RECIPES
from classifier.training.trainer import Training

from ..fixtures.networks import make_checkpoint, make_dataset, make_split, write_idx

PLAIN = RECIPES["plain"]
IMAGES = {"image": {"widths": [4, 4]}}
TINY = ("plain", "outliers")  # recipes, made of a few filters in these tests
LONG = 15  # epochs: enough to learn the data set of these tests


def make_images_checkpoint(version):
    """Serve a checkpoint that has never seen a photograph."""
    return make_checkpoint(version, class_names=CLASS_NAMES, networks=IMAGES)


@tag("slow")
class TrainTestCase(SimpleTestCase):
    """A training takes seconds, so the tests of a class look at the same ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiny = {name: replace(RECIPES[name], widths=(4, 4)) for name in TINY}
        cls.enterClassContext(mock.patch.dict(RECIPES, tiny))
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.checkpoints = folder / "checkpoints"
        cls.enterClassContext(override_settings(CHECKPOINTS_DIR=cls.checkpoints))
        cls.checkpoints.mkdir()
        cls.dataset = folder / "data"
        cls.dataset.mkdir()
        for name, n in (("train", 60), ("t10k", 12)):
            split = make_split(n)
            write_idx(cls.dataset / f"{name}-images-idx3-ubyte", split.images)
            write_idx(cls.dataset / f"{name}-labels-idx1-ubyte", split.labels)

    @classmethod
    def train(cls, **options):
        output = io.StringIO()
        options = {"epochs": 2, "batch_size": 30} | options
        options |= {"stdout": output, "stderr": io.StringIO()}
        call_command("train", dataset=cls.dataset, **options)
        return output.getvalue().splitlines()


class PromotionTests(TrainTestCase):
    """Two finished trainings where another checkpoint is served."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_images_checkpoint("before")
        *cls.epochs, cls.first = cls.train(epochs=LONG, seed=7)
        cls.better = checkpoints.served()
        *_, cls.second = cls.train(epochs=1)

    def test_prints_epochs_and_leaves_a_card_and_a_log(self):
        self.assertEqual(len(self.epochs), LONG)
        self.assertRegex(
            self.epochs[0],
            rf"^epoch 1/{LONG}: loss \d\.\d{{3}}, val_loss \d+\.\d{{3}},"
            r" val_accuracy [01]\.\d{4}, \d+\.\d s, \d+ min left$",
        )
        self.assertRegex(self.first, r"test accuracy \d+\.\d\d%")
        card = self.better.card
        self.assertEqual(
            card["image"]["splits"], {"train": 48, "validation": 12, "test": 12}
        )
        self.assertEqual(
            card["training"]["command"],
            f"manage.py train --dataset {self.dataset} --recipe plain"
            f" --epochs {LONG} --batch-size 30 --seed 7 --precision float32",
        )
        self.assertTrue(list(self.checkpoints.glob(".training/log/events.out.*")))

    def test_few_pictures_that_were_held_back_make_no_answer_sure(self):
        self.assertIn("No answer to images is called sure", self.first)
        self.assertEqual(self.better.calibration("image").threshold, NEVER_SURE)

    def test_one_that_is_right_more_often_replaces_it(self):
        self.assertNotEqual(self.better.version, "before")
        self.assertIn("answers by it within seconds", self.first)
        self.assertRegex(
            self.first,
            r"before, served before, is right \d+\.\d\d% on the same test pictures;"
            r" to go back, run manage\.py networks rollback",
        )

    def test_one_that_is_right_less_often_does_not(self):
        self.assertEqual(checkpoints.served().version, self.better.version)
        self.assertRegex(
            self.second,
            rf"{self.better.version} is served still: on the same test pictures it is"
            r" right \d+\.\d\d%, the new one \d+\.\d\d%\. To serve the new one all"
            r" the same, run manage\.py networks promote \S+ --reason WHY\.$",
        )

    def test_one_of_other_classes_is_not_measured_on_its_pictures(self):
        other = checkpoints.served()
        pictures = make_dataset()  # of three classes
        self.assertIsNone(objections.measured(other, pictures))


class FirstTests(TrainTestCase):
    """The first training of all, by the recipe of the shipped network."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.said = cls.train(
            recipe="outliers", epochs=1, precision="mixed_bfloat16", verbosity=0
        )

    def test_is_served(self):
        self.assertEqual(set(checkpoints.served().card["networks"]), {"image"})

    def test_is_silent_when_asked(self):
        self.assertEqual(self.said, [])


def interrupt_epoch(number):
    """Return a context in which somebody presses Ctrl-C during an epoch."""
    run_epoch = Training._run_epoch

    def interrupted(training, at):
        if at == number:
            raise KeyboardInterrupt
        return run_epoch(training, at)

    return mock.patch.object(Training, "_run_epoch", interrupted)


class InterruptedTests(TrainTestCase):
    """A training that was killed, was resumed, and was then interrupted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_checkpoint("before")
        cls.finished = cls.train_and_kill()
        # The process that was killed knew of no tiny recipe.
        whole = mock.patch.dict(RECIPES, plain=PLAIN)
        with whole, interrupt_epoch(cls.finished + 2):
            *cls.epochs, cls.last = cls.train(epochs=200, resume=True)

    @classmethod
    def train_and_kill(cls):
        """Return how many epochs were finished before the kill."""
        options = f"--dataset {cls.dataset} --epochs 200 --batch-size 30 --seed 1"
        stamps = [
            f"--old-file=.venv/{name}.stamp" for name in ("requirements", "train")
        ]
        make = ["make", "--no-print-directory", *stamps]
        process = subprocess.Popen(
            [*make, "train", f"ARGS={options}"],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "CHECKPOINTS_DIR": str(cls.checkpoints),
                "PYTHONUNBUFFERED": "1",
            },
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            process.stdout.readline()
            os.killpg(process.pid, signal.SIGKILL)
            return 1 + len(process.stdout.readlines())

    def test_goes_on_after_a_kill(self):
        # An epoch may be kept although the kill came before its line.
        first = rf"^epoch ({self.finished + 1}|{self.finished + 2})/200"
        self.assertLessEqual(len(self.epochs), 2)
        self.assertRegex((*self.epochs, self.last)[0], first)

    def test_keeps_the_best_and_goes_on_serving_the_other(self):
        self.assertIn("before is served still: the new one was cut short", self.last)
        self.assertEqual(checkpoints.served().version, "before")
        self.assertEqual(len(checkpoints.versions()), 2)


class RefusedTests(TrainTestCase):
    def test_nothing_to_resume(self):
        with self.assertRaisesMessage(CommandError, "nothing to resume"):
            self.train(resume=True)

    def test_nothing_to_keep(self):
        with (
            interrupt_epoch(1),
            self.assertRaisesMessage(CommandError, "before an epoch was finished"),
        ):
            self.train()

    def test_no_data_set(self):
        images = self.dataset / "train-images-idx3-ubyte"
        self.addCleanup(images.with_suffix(".gone").rename, images)
        images.rename(images.with_suffix(".gone"))

        with self.assertRaisesMessage(CommandError, "--dataset"):
            self.train()

    def test_no_tensorflow(self):
        absent = {"tensorflow": None, "classifier.training.image_part": None}
        with (
            mock.patch.dict(sys.modules, absent),
            self.assertRaisesMessage(CommandError, "requirements.txt"),
        ):
            self.train()

    def test_no_epochs(self):
        with self.assertRaisesMessage(CommandError, "Expected 1 or more, got 0"):
            call_command("train", "--epochs=0")
