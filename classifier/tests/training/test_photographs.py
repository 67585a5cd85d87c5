import hashlib
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings
from PIL import Image

from classifier.labels import CLASS_NAMES
from classifier.networks import checkpoints
from classifier.networks.confidence import Calibration
from classifier.networks.views import QUICK
from classifier.prediction import Classifier
from classifier.training import rejection
from classifier.training.photographs.features import Extractor

from ..fixtures.networks import make_backbone, make_checkpoint
from ..fixtures.pictures import encode

PACKAGE = "classifier.training.photographs.pretrained.PACKAGE"
COLOURS = {"red": (200, 30, 30), "green": (30, 180, 30), "none": (20, 20, 160)}


def coloured(name, seed=0):
    """Return a noisy picture of a colour."""
    noise = np.random.default_rng(seed).normal(0, 20, (40, 50, 3))
    pixels = np.clip(COLOURS[name] + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


def sky(seed):
    """Return a noisy picture, light above and dark below."""
    light = np.linspace(230, 30, 40)[:, None, None]
    noise = np.random.default_rng(seed).normal(0, 20, (40, 40, 3))
    return Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8))


class PhotographsTestCase(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.checkpoints, self.pictures = folder / "checkpoints", folder / "pictures"
        self.checkpoints.mkdir()
        self.enterContext(override_settings(CHECKPOINTS_DIR=self.checkpoints))

    def write(self, name, content):
        path = self.pictures / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def write_classes(self, *names, count=6, under="."):
        for name in names:
            for seed in range(count):
                picture = encode(coloured(name, seed), "PNG")
                self.write(f"{under}/{name}/{seed}.png", picture)

    def train(self, **options):
        output, errors = io.StringIO(), io.StringIO()
        call_command("train", stdout=output, stderr=errors, **options)
        self.errors = errors.getvalue()
        return output.getvalue()


class OwnClassesTests(PhotographsTestCase):
    def setUp(self):
        super().setUp()
        make_checkpoint("before")

    def train(self, **options):
        return super().train(dataset=self.pictures, **options)

    def test_folders_become_the_classes_of_a_checkpoint_that_tells_them_apart(self):
        self.write_classes("red", "green", "none")

        self.train(serve=True)

        checkpoint = checkpoints.served()
        self.assertEqual(checkpoint.class_names, ("green", "red"))
        self.assertIs(checkpoint.has_image_network, False)
        classify = Classifier(checkpoint).classify
        self.assertEqual(classify(coloured("red", 99)).class_name, "red")
        self.assertEqual(classify(coloured("green", 99)).class_name, "green")
        self.assertLess(sum(classify(coloured("none", 99)).probabilities), 0.5)

    def test_is_read_as_it_was_calibrated(self):
        self.write_classes("red", "green", "none")
        fitted = Calibration(2.0, 0.7, none_bias=-1.5)

        with mock.patch.object(rejection, "fit_photographs", return_value=fitted):
            self.train(serve=True)

        self.assertEqual(checkpoints.served().calibration("photograph"), fitted)

    def test_own_classes_may_lie_on_any_side(self):
        self.write_classes("red", "green")

        self.train(serve=True)

        self.assertIsNone(checkpoints.served().load_photograph_network().orientation)

    def test_another_set_of_classes_is_not_served_unasked(self):
        self.write_classes("red", "green")

        said = self.train()

        self.assertIn("before is served still: the new one knows other classes", said)

    def test_is_measured_by_cross_validation_and_says_which_classes_are_too_small(self):
        self.write_classes("red", "green")

        said = self.train(serve=True)

        self.assertIn("cross-validated accuracy 100.00% (95 %: 75.75% to", said)
        self.assertIn("No answer to photographs is called sure", said)
        self.assertIn("fewer than 20 pictures: green (6), red (6)", said)
        [section] = checkpoints.served().sections["photograph"]
        pictures = {
            row["class_name"]: row["pictures"] for row in section["figures"]["classes"]
        }
        self.assertEqual(pictures, {"green": 6, "red": 6})

    def test_a_test_folder_is_measured_apart(self):
        self.write_classes("red", "green", under="train")
        self.write_classes("red", "green", count=2, under="test")

        said = self.train(serve=True)

        self.assertIn("test accuracy 100.00%", said)
        self.assertEqual(checkpoints.served().class_names, ("green", "red"))

    def test_files_of_no_use_are_listed_and_skipped(self):
        self.write_classes("red", "green")
        damaged = self.write("red/damaged.png", encode(coloured("red"), "PNG")[:200])
        text = self.write("green/notes.txt", b"about green")
        tiny = self.write("red/tiny.png", encode(Image.new("L", (7, 40)), "PNG"))

        self.train(serve=True)

        for path in (damaged, text, tiny):
            self.assertIn(f"Skipped {path}", self.errors)
        counts = checkpoints.served().card["photograph"]["pictures"]
        self.assertEqual(counts, {"green": 6, "red": 6})

    def test_a_file_with_another_digest_than_listed_is_skipped(self):
        self.write_classes("red", "green")
        rows = [
            f"{path.relative_to(self.pictures)},{path.parent.name},"
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}"
            for path in sorted(self.pictures.glob("*/*.png"))
        ]
        changed = sorted(self.pictures.glob("red/*.png"))[0]
        self.write("labels.csv", "\n".join(["file,class,sha256", *rows]).encode())
        changed.write_bytes(changed.read_bytes() + b"\0")

        self.train(serve=True)

        self.assertIn(f"Skipped {changed}: Its SHA-256", self.errors)
        counts = checkpoints.served().card["photograph"]["pictures"]
        self.assertEqual(counts, {"green": 6, "red": 5})

    def test_one_class_is_refused(self):
        self.write_classes("red", "none")

        with self.assertRaisesMessage(CommandError, "at least 2 classes"):
            self.train()

    def test_a_class_of_one_picture_is_refused(self):
        self.write_classes("red")
        self.write_classes("green", count=1)

        with self.assertRaisesMessage(CommandError, "2 pictures of green"):
            self.train()

    def test_without_any_backbone_names_the_package_to_install(self):
        (self.checkpoints / checkpoints.SERVED).unlink()
        self.write_classes("red", "green")

        with (
            mock.patch(PACKAGE, "no-such-package-{variant}"),
            self.assertRaisesMessage(CommandError, "requirements-train.txt"),
        ):
            self.train()


CARD = {
    "image": {"test": {"accuracy": 0.5, "calibration_error": 0.1}},
    "photograph": {
        "source": "pictures of a friend",
        "kinds_of_none": [""],
        "cross_validation": {"accuracy": 0.0},
    },
}


class KnownClassesTests(PhotographsTestCase):
    def setUp(self):
        super().setUp()
        self.before = make_checkpoint("before", class_names=CLASS_NAMES, **CARD)

    def new_checkpoint(self):
        [name] = [each for each in checkpoints.versions() if each != "before"]
        return checkpoints.open_checkpoint(name)

    def test_learns_again_from_the_served_checkpoints_embeddings(self):
        self.train(only="photographs")

        after = self.new_checkpoint()
        self.assertEqual(after.class_names, CLASS_NAMES)
        self.assertEqual(after.card["image"], CARD["image"])
        self.assertEqual(after.card["photograph"]["source"], "pictures of a friend")
        for name in (
            checkpoints.IMAGE_MODEL,
            checkpoints.BACKBONE_MODEL.format(variant=0),
        ):
            self.assertEqual(
                (after.path / name).read_bytes(), (self.before.path / name).read_bytes()
            )

    def test_learns_from_a_folder_together_with_the_stored_embeddings(self):
        for name in ("Trouser", "none"):
            self.write(f"{name}/1.png", encode(coloured("red"), "PNG"))

        self.train(only="photographs", photographs=self.pictures, add=True)

        about = self.new_checkpoint().card["photograph"]
        self.assertEqual(about["pictures"]["Trouser"], 3)  # two were kept
        self.assertEqual(about["pictures"]["Bag"], 2)
        self.assertEqual(about["pictures_of_none"], 3)

    def test_a_list_without_its_files_says_how_many_are_missing(self):
        self.write("red.png", encode(coloured("red"), "PNG"))
        listed = "file,class\nred.png,Coat\na.jpg,Coat\nb.jpg,Bag\n"
        self.write("labels.csv", listed.encode())

        with self.assertRaisesMessage(
            CommandError, f"2 of the 3 files listed in {self.pictures} are missing"
        ):
            self.train(only="photographs", photographs=self.pictures)

    def test_says_that_a_kept_head_cannot_take_pictures_of_none(self):
        card = {**CARD, "photograph": {**CARD["photograph"], "kinds_of_none": []}}
        make_checkpoint("classes-alone", class_names=CLASS_NAMES, **card)
        self.write("none/1.png", encode(coloured("red"), "PNG"))

        with self.assertRaisesMessage(CommandError, "without --add"):
            self.train(only="photographs", photographs=self.pictures, add=True)


class UprightTests(PhotographsTestCase):
    def setUp(self):
        super().setUp()
        make_checkpoint("before", class_names=CLASS_NAMES, **CARD)
        for number, name in enumerate(CLASS_NAMES):
            for seed in (number, number + 10):
                self.write(
                    f"{name.replace('/', '-')}/{seed}.png", encode(sky(seed), "PNG")
                )
        missing = mock.patch(PACKAGE, "no-such-package-{variant}")
        with missing:  # its classifier fits only the published backbone
            self.train(only="photographs", photographs=self.pictures, serve=True)
        # A checkpoint has the name of the second in which it was made.
        checkpoints.served().path.rename(self.checkpoints / "first")
        checkpoints.serve("first")

    def test_photographs_teach_which_way_up_they_are(self):
        network = checkpoints.served().load_photograph_network()

        self.assertEqual(network.see(sky(99).rotate(180)).turn, 2)

    def test_is_kept_when_the_head_is_learnt_again(self):
        before = checkpoints.served().load_photograph_network().orientation

        self.train(only="photographs", serve=True)

        after = checkpoints.served().load_photograph_network().orientation
        np.testing.assert_array_equal(after.head.weights, before.head.weights)


class NothingKnownTests(PhotographsTestCase):
    def test_says_which_folder_to_give_where_there_is_nothing_to_learn_from(self):
        with self.assertRaises(CommandError) as refusal:
            self.train(only="photographs")

        for name in ("docs/training-photographs.csv", "labels.csv", "--photographs"):
            self.assertIn(name, str(refusal.exception))

    def test_a_folder_without_photographs_says_which_to_collect(self):
        for folder in (self.pictures, self.checkpoints):  # none, and an empty one
            with (
                self.subTest(folder),
                self.assertRaisesMessage(CommandError, "docs/training-photographs.csv"),
            ):
                self.train(only="photographs", photographs=folder)


class ExtractorTests(PhotographsTestCase):
    def test_features_are_computed_once(self):
        path = self.write("red.png", encode(coloured("red"), "PNG"))
        extractor = Extractor([make_backbone()], QUICK, self.checkpoints)
        first = extractor.see([path]).pooled
        extractor._pooled = None  # it would fail

        again = extractor.see([path, self.pictures / "missing.png"])

        np.testing.assert_array_equal(again.pooled, first)
        self.assertEqual(again.places, [0])
        self.assertEqual(len(again.skipped), 1)


class ImportTests(SimpleTestCase):
    def test_own_classes_are_learnt_without_tensorflow(self):
        code = (
            "import django, sys; django.setup();"
            " from classifier.management.commands import train;"
            " sys.exit('tensorflow' in sys.modules)"
        )
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "deewhy.settings"}

        finished = subprocess.run(
            [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment
        )

        self.assertEqual(finished.returncode, 0)
