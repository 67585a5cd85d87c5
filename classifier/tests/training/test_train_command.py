import io
import os
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings, tag

from classifier.labels import CLASS_NAMES
from classifier.networks import checkpoints
from classifier.networks.calibration import NEVER_SURE
from classifier.training.recipes import RECIPES
from classifier.training.trainer import Training

from ..fixtures.networks import make_checkpoint, make_split, write_idx

PLAIN = RECIPES["plain"]
IMAGES = {"image": {"widths": [4, 4]}}
LONG = 15  # epochs: enough to learn the data set of these tests


def make_images_checkpoint(version):
    """Serve a checkpoint that has never seen a photograph."""
    return make_checkpoint(version, class_names=CLASS_NAMES, networks=IMAGES)


@tag("slow")
class TrainTestCase(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiny = replace(PLAIN, widths=(4, 4))
        cls.enterClassContext(mock.patch.dict(RECIPES, plain=tiny))

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.checkpoints = folder / "checkpoints"
        self.enterContext(override_settings(CHECKPOINTS_DIR=self.checkpoints))
        self.dataset = folder / "data"
        self.dataset.mkdir()
        for name, n in (("train", 60), ("t10k", 12)):
            split = make_split(n)
            write_idx(self.dataset / f"{name}-images-idx3-ubyte", split.images)
            write_idx(self.dataset / f"{name}-labels-idx1-ubyte", split.labels)

    def train(self, **options):
        output = io.StringIO()
        options = {"epochs": 2, "batch_size": 30} | options
        options |= {"stdout": output, "stderr": io.StringIO()}
        call_command("train", dataset=self.dataset, **options)
        return output.getvalue().splitlines()


class FinishedTests(TrainTestCase):
    def test_prints_epochs_serves_a_checkpoint_and_leaves_a_log(self):
        *epochs, last = self.train(seed=7)

        self.assertEqual(len(epochs), 2)
        self.assertRegex(
            epochs[0],
            r"^epoch 1/2: loss \d\.\d{3}, val_loss \d+\.\d{3},"
            r" val_accuracy [01]\.\d{4}, \d+\.\d s, 0 min left$",
        )
        self.assertRegex(last, r"test accuracy \d+\.\d\d%")
        card = checkpoints.served().card
        self.assertEqual(
            card["image"]["splits"], {"train": 48, "validation": 12, "test": 12}
        )
        self.assertEqual(
            card["training"]["command"],
            f"manage.py train --dataset {self.dataset}"
            " --recipe plain --epochs 2 --batch-size 30 --seed 7 --precision float32",
        )
        self.assertTrue(list(self.checkpoints.glob(".training/log/events.out.*")))
        self.assertFewPicturesMakeNoAnswerSure(last)

    def assertFewPicturesMakeNoAnswerSure(self, said):
        """Twelve pictures were held back, which tell too little."""
        checkpoint = checkpoints.served()
        self.assertIn("No answer to images is called sure", said)
        self.assertEqual(checkpoint.calibration("image").threshold, NEVER_SURE)

    def test_is_silent_when_asked(self):
        self.assertEqual(self.train(epochs=1, verbosity=0), [])


class PromotionTests(TrainTestCase):
    """What becomes of a finished training where another one is served."""

    def setUp(self):
        super().setUp()
        self.checkpoints.mkdir()

    def test_only_one_that_is_right_more_often_replaces_it(self):
        make_images_checkpoint("before")

        *_, first = self.train(epochs=LONG)
        better = checkpoints.served().version
        *_, second = self.train(epochs=1)

        self.assertNotEqual(better, "before")
        self.assertIn("answers by it within seconds", first)
        self.assertRegex(
            first,
            r"before, served before, is right \d+\.\d\d% on the same test pictures;"
            r" to go back, run manage\.py networks rollback",
        )
        self.assertEqual(checkpoints.served().version, better)
        self.assertRegex(
            second,
            rf"{better} is served still: on the same test pictures it is right"
            r" \d+\.\d\d%, the new one \d+\.\d\d%\. To serve the new one all the same,"
            r" run manage\.py networks promote \S+ --reason WHY\.$",
        )

    def test_one_of_other_classes_replaces_it_only_where_that_is_wanted(self):
        make_checkpoint("before")

        *_, first = self.train(epochs=1)
        served = checkpoints.served().version
        self.train(epochs=1, serve=True)

        self.assertIn("before is served still: the new one knows other classes", first)
        self.assertEqual(served, "before")
        self.assertEqual(checkpoints.served().class_names, CLASS_NAMES)


class OutliersTests(TrainTestCase):
    def test_trains_as_the_shipped_network_was(self):
        tiny = replace(RECIPES["outliers"], widths=(4, 4))

        with mock.patch.dict(RECIPES, outliers=tiny):
            self.train(recipe="outliers", epochs=1, precision="mixed_bfloat16")

        self.assertEqual(set(checkpoints.served().card["networks"]), {"image"})


class InterruptedTests(TrainTestCase):
    def interrupt_epoch(self, number):
        run_epoch = Training._run_epoch

        def interrupted(training, at):
            if at == number:
                raise KeyboardInterrupt
            return run_epoch(training, at)

        return mock.patch.object(Training, "_run_epoch", interrupted)

    def test_keeps_the_best_and_goes_on_serving_the_other(self):
        self.checkpoints.mkdir()
        make_checkpoint("before")

        with self.interrupt_epoch(2):
            *_, last = self.train()

        self.assertIn("before is served still", last)
        self.assertEqual(checkpoints.served().version, "before")
        self.assertEqual(len(checkpoints.versions()), 2)

    def test_says_so_when_there_is_nothing_to_keep(self):
        with (
            self.interrupt_epoch(1),
            self.assertRaisesMessage(CommandError, "before an epoch was finished"),
        ):
            self.train()

    def test_goes_on_after_a_kill(self):
        options = f"--dataset {self.dataset} --epochs 200 --batch-size 30 --seed 1"
        stamps = [
            f"--old-file=.venv/{name}.stamp" for name in ("requirements", "train")
        ]
        make = ["make", "--no-print-directory", *stamps]
        process = subprocess.Popen(
            [*make, "train", f"ARGS={options}"],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "CHECKPOINTS_DIR": str(self.checkpoints),
                "PYTHONUNBUFFERED": "1",
            },
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            process.stdout.readline()
            os.killpg(process.pid, signal.SIGKILL)
            finished = 1 + len(process.stdout.readlines())

        # The process that was killed knew of no tiny recipe.
        whole = mock.patch.dict(RECIPES, plain=PLAIN)
        with whole, self.interrupt_epoch(finished + 2):
            lines = self.train(epochs=200, resume=True)

        self.assertLessEqual(len(lines), 3)
        self.assertRegex(lines[0], rf"^epoch ({finished + 1}|{finished + 2})/200")


class RefusedTests(TrainTestCase):
    def test_nothing_to_resume(self):
        with self.assertRaisesMessage(CommandError, "nothing to resume"):
            self.train(resume=True)

    def test_no_data_set(self):
        (self.dataset / "train-images-idx3-ubyte").unlink()

        with self.assertRaisesMessage(CommandError, "--dataset"):
            self.train()

    def test_no_epochs(self):
        with self.assertRaisesMessage(CommandError, "Expected 1 or more, got 0"):
            call_command("train", "--epochs=0")
