import tempfile
from pathlib import Path

import numpy as np
from django.test import SimpleTestCase

from classifier import picture_folders
from classifier.exceptions import DatasetUnavailable
from classifier.labels import CLASS_NAMES
from classifier.preprocessing import Preprocessing

from .pictures import make_garment, make_picture


class FolderTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, content=None):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content or make_garment())
        return path

    def write_class(self, name, count=10):
        for number in range(count):
            self.write(f"{name}/{number}.png")

    def load(self):
        return picture_folders.load(self.folder, Preprocessing(), seed=0)


class LoadTests(FolderTestCase):
    def test_classes_are_the_folders_in_order(self):
        for name in ("Wollmütze", "Schal", ".git"):
            self.write_class(name)

        data, _ = self.load()

        self.assertEqual(data.class_names, ("Schal", "Wollmütze"))

    def test_each_class_has_a_part_in_the_test_split(self):
        self.write_class("a", 20)
        self.write_class("b/deeper", 6)

        data, _ = self.load()

        self.assertEqual(np.bincount(data.test.labels).tolist(), [3, 1])
        self.assertEqual(np.bincount(data.train.labels).tolist(), [17, 5])
        self.assertEqual(data.train.images.shape, (22, 28, 56))
        self.assertEqual(data.train.images.dtype, np.uint8)

    def test_files_of_no_use_are_listed_and_skipped(self):
        self.write_class("a")
        self.write_class("b")
        damaged = self.write("a/damaged.png", make_garment()[:200])
        text = self.write("b/notes.txt", b"about b")
        tiny = self.write("b/tiny.png", make_picture((7, 40)))

        data, skipped = self.load()

        self.assertEqual([file.path for file in skipped], [damaged, text, tiny])
        self.assertIn("7 x 40", skipped[-1].reason)
        self.assertEqual(len(data.train) + len(data.test), 20)


class RefusedTests(FolderTestCase):
    def test_one_class(self):
        self.write_class("a")

        with self.assertRaisesMessage(DatasetUnavailable, "at least 2 classes"):
            self.load()

    def test_an_empty_class(self):
        self.write_class("a")
        (self.folder / "b").mkdir()

        with self.assertRaisesMessage(DatasetUnavailable, "got 0 that can be used"):
            self.load()

    def test_a_class_of_files_that_are_no_pictures(self):
        self.write_class("a")
        for number in range(6):
            self.write(f"b/{number}.png", b"no picture")

        with self.assertRaisesMessage(
            DatasetUnavailable, "got 0 that can be used of 6"
        ):
            self.load()


class LabelledFilesTests(FolderTestCase):
    def test_folders_are_matched_but_for_case_and_punctuation(self):
        shirt = self.write("t-shirt-top/1.png")
        boot = self.write("Ankle boot/2.png")
        cat = self.write("none/3.png")

        found = picture_folders.labelled_files(self.folder, CLASS_NAMES)

        self.assertEqual(found, [(boot, 9), (cat, None), (shirt, 0)])

    def test_an_unknown_class_is_named(self):
        self.write("hat/1.png")

        with self.assertRaisesMessage(DatasetUnavailable, "hat is of no class"):
            picture_folders.labelled_files(self.folder, CLASS_NAMES)
