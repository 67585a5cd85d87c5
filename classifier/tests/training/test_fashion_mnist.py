import gzip
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
from django.test import SimpleTestCase

from classifier.exceptions import DatasetUnavailable
from classifier.training import fashion_mnist

from ..fixtures.networks import make_split, write_idx


class FolderTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self):
        for name, n in (("train", 6), ("t10k", 3)):
            split = make_split(n)
            write_idx(self.folder / f"{name}-images-idx3-ubyte", split.images)
            write_idx(self.folder / f"{name}-labels-idx1-ubyte", split.labels)

    def test_reads_both_splits(self):
        self.write()

        data = fashion_mnist.load(self.folder)

        self.assertEqual(data.train.images.shape, (6, 28, 28))
        self.assertEqual(data.train.images.dtype, np.uint8)
        self.assertEqual(data.test.labels.tolist(), [0, 1, 2])

    def test_reads_gzipped_files(self):
        self.write()
        plain = self.folder / "t10k-labels-idx1-ubyte"
        (self.folder / f"{plain.name}.gz").write_bytes(
            gzip.compress(plain.read_bytes())
        )
        plain.unlink()

        data = fashion_mnist.load(self.folder)

        self.assertEqual(data.test.labels.tolist(), [0, 1, 2])

    def test_names_the_option_when_a_file_is_missing(self):
        with self.assertRaisesMessage(DatasetUnavailable, "--dataset"):
            fashion_mnist.load(self.folder)

    def test_rejects_a_file_that_is_no_idx(self):
        self.write()
        (self.folder / "train-images-idx3-ubyte").write_bytes(b"P5 28 28 255 ")

        with self.assertRaisesMessage(DatasetUnavailable, "no IDX file"):
            fashion_mnist.load(self.folder)

    def test_rejects_a_file_that_ends_early(self):
        self.write()
        path = self.folder / "train-images-idx3-ubyte"
        for length in (10, 1000):
            with self.subTest(length):
                path.write_bytes(path.read_bytes()[:length])

                with self.assertRaises(DatasetUnavailable):
                    fashion_mnist.load(self.folder)

    def test_rejects_a_damaged_gzip(self):
        self.write()
        path = self.folder / "train-images-idx3-ubyte.gz"
        path.write_bytes(gzip.compress(b"\0\0\x08\x01\0\0\0\0")[:-6])

        with self.assertRaisesMessage(DatasetUnavailable, "cannot be read"):
            fashion_mnist.load(self.folder)

    def test_rejects_labels_for_other_images(self):
        self.write()
        write_idx(self.folder / "t10k-labels-idx1-ubyte", np.zeros(2))

        with self.assertRaisesMessage(DatasetUnavailable, "labels of shape (2,)"):
            fashion_mnist.load(self.folder)


class DownloadTests(SimpleTestCase):
    def setUp(self):
        missing = Path(self.enterContext(tempfile.TemporaryDirectory())) / "missing"
        self.enterContext(mock.patch.object(fashion_mnist, "DEBIAN_FOLDER", missing))

    def test_downloads_when_debian_has_none(self):
        split = make_split(3)
        pair = (split.images, split.labels.astype(np.uint8))
        with mock.patch(
            "keras.datasets.fashion_mnist.load_data", return_value=(pair, pair)
        ):
            data = fashion_mnist.load()

        self.assertEqual(len(data.test), 3)
        self.assertEqual(len(data.class_names), 10)

    def test_names_the_option_when_nothing_can_be_had(self):
        with (
            mock.patch(
                "keras.datasets.fashion_mnist.load_data",
                side_effect=Exception("URL fetch failure"),
            ),
            self.assertRaisesMessage(DatasetUnavailable, "--dataset"),
        ):
            fashion_mnist.load()
