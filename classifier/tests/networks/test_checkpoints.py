import json
import tempfile
from pathlib import Path

import numpy as np
from django.test import SimpleTestCase, override_settings

from classifier.exceptions import NetworkUnavailable
from classifier.networks import checkpoints, saving
from classifier.training.image_network import restore

from ..fixtures.networks import make_card, make_checkpoint, make_network


class CheckpointTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=self.folder))


class SavedTests(CheckpointTestCase):
    def test_comes_back_with_its_weights(self):
        make_checkpoint()

        weights, _ = make_network(3, 4, 4)
        for array, other in zip(
            restore(checkpoints.served()).get_weights(), weights, strict=True
        ):
            np.testing.assert_array_equal(array, other)

    def test_leaves_nothing_beside_it(self):
        make_checkpoint()

        names = {path.name for path in self.folder.iterdir()}
        self.assertEqual(names, {"tiny", checkpoints.SERVED})

    def test_a_version_is_never_overwritten(self):
        make_checkpoint()

        with self.assertRaises(FileExistsError):
            make_checkpoint()

    def test_a_write_cut_short_shows_no_checkpoint(self):
        class Torn:
            def __array__(self, *args, **kwargs):
                raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            saving.save("torn", {"image.npz": {"weight": Torn()}}, make_card())

        self.assertEqual(checkpoints.versions(), [])

    def test_versions_are_listed_in_order(self):
        for version in ("20260102", "20260101"):
            make_checkpoint(version)

        self.assertEqual(checkpoints.versions(), ["20260101", "20260102"])


class ServedTests(CheckpointTestCase):
    def test_the_last_one_made_served_is_opened(self):
        make_checkpoint("first")
        make_checkpoint("second")
        checkpoints.serve("first")

        self.assertEqual(checkpoints.served().version, "first")


class BrokenTests(CheckpointTestCase):
    def assertUnavailable(self, message):
        with self.assertRaisesMessage(NetworkUnavailable, message):
            checkpoints.served()

    def change_card(self, **changes):
        path = self.folder / "tiny" / checkpoints.CARD
        card = json.loads(path.read_text()) | changes
        path.write_text(json.dumps(card))

    def test_nothing_served(self):
        self.assertUnavailable("Run manage.py train.")

    def test_served_folder_is_gone(self):
        checkpoints.serve("gone")

        self.assertUnavailable("no checkpoint 'gone'")

    def test_a_name_may_not_leave_the_folder(self):
        for name in ("..", "../tiny", "/etc", ""):
            with self.subTest(name):
                checkpoints.serve(name)

                self.assertUnavailable("no checkpoint")

    def test_card_is_no_json(self):
        make_checkpoint()
        (self.folder / "tiny" / checkpoints.CARD).write_text("{")

        self.assertUnavailable("cannot be read")

    def test_card_lacks_entries_for_serving(self):
        make_checkpoint()
        path = self.folder / "tiny" / checkpoints.CARD
        path.write_text(json.dumps({"class_names": []}))

        self.assertUnavailable("lacks")

    def test_card_is_of_another_preprocessing(self):
        make_checkpoint()
        self.change_card(preprocessing={"version": "0", "parameters": {}})

        self.assertUnavailable("asks for preprocessing 0")

    def test_a_file_is_damaged(self):
        for name in ("image.npz", "image.tflite"):
            with self.subTest(name):
                path = make_checkpoint(Path(name).suffix[1:]).path / name
                with open(path, "ab") as file:
                    file.write(b"!")

                self.assertUnavailable(f"{name} is not the file that its card")

    def test_network_is_none_that_can_be_served(self):
        files = {"image.tflite": b"no network", "backbone-0.tflite": b"none either"}
        checkpoint = saving.save("strange", files, make_card())

        for load in (
            checkpoint.load_image_network,
            checkpoint.load_photograph_network,
        ):
            with (
                self.subTest(load.__name__),
                self.assertRaisesMessage(NetworkUnavailable, "cannot be loaded"),
            ):
                load()
