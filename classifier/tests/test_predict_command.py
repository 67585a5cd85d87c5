import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings, tag

from classifier import prediction
from classifier.management import batches
from classifier.pictures import open_picture

from .fixtures.networks import CLASS_NAMES, make_calibration, make_checkpoint
from .fixtures.pictures import make_garment, make_picture


class PredictTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        checkpoints = self.folder / "checkpoints"
        checkpoints.mkdir()
        self.enterContext(override_settings(CHECKPOINTS_DIR=checkpoints))
        self.enterContext(mock.patch.object(prediction, "_served", None))

    def write(self, name, content):
        path = self.folder / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return str(path)

    def predict(self, *arguments):
        output, errors = io.StringIO(), io.StringIO()
        self.status = 0
        try:
            call_command("predict", *arguments, stdout=output, stderr=errors)
        except SystemExit as exit:
            self.status = exit.code
        self.errors = errors.getvalue()
        return output.getvalue()


class AnswerTests(PredictTestCase):
    def setUp(self):
        super().setUp()
        make_checkpoint()

    def test_json_has_an_object_a_line(self):
        paths = [self.write("a.png", make_garment()), self.write("b.png", b"none")]

        good, bad = map(json.loads, self.predict("--json", *paths).splitlines())

        self.assertEqual(
            sorted(good),
            [
                "class_name",
                "cut_short",
                "path",
                "probabilities",
                "probability",
                "sure",
            ],
        )
        self.assertEqual(good["path"], paths[0])
        self.assertEqual(tuple(good["probabilities"]), CLASS_NAMES)
        self.assertEqual(good["probabilities"][good["class_name"]], good["probability"])
        self.assertIs(type(good["sure"]), bool)
        self.assertEqual(sorted(bad), ["error", "path"])
        self.assertEqual(bad["path"], paths[1])

    def test_goes_on_after_a_file_that_cannot_be_read(self):
        paths = [
            self.write("bad.png", make_garment()[:100]),
            str(self.folder / "missing.png"),
            self.write("good.png", make_garment()),
        ]

        text = self.predict(*paths)

        self.assertEqual(len(text.splitlines()), 1)
        self.assertIn("good.png", text)
        self.assertIn("bad.png: ", self.errors)
        self.assertIn("missing.png: ", self.errors)
        self.assertEqual(self.status, 1)

    def test_a_picture_that_no_step_was_written_for_ends_no_batch(self):
        paths = [self.write("bad.png", make_garment((90, 90)))]
        paths.append(self.write("good.png", make_garment()))
        classify = prediction.Classifier.classify

        def broken(self, picture):
            if picture.size == (90, 90):
                raise OverflowError
            return classify(self, picture)

        with (
            mock.patch.object(prediction.Classifier, "classify", broken),
            self.assertLogs("classifier", "ERROR"),
        ):
            bad, good = self.predict("--json", *paths).splitlines()

        self.assertIn("error", json.loads(bad))
        self.assertIn("class_name", json.loads(good))
        self.assertEqual(self.status, 1)

    def test_folders_are_read_in_order_without_hidden_files(self):
        for name in ("b.png", "a/c.jpg", ".hidden.png", ".git/d.png"):
            self.write(name, make_garment(format="PNG"))

        lines = self.predict("--json", str(self.folder / "pictures")).splitlines()

        names = [Path(json.loads(line)["path"]).name for line in lines]
        self.assertEqual(names, ["b.png", "c.jpg"])

    def test_says_which_file_was_cut_short(self):
        whole = make_garment(format="BMP")
        paths = [self.write("a.bmp", whole), self.write("b.bmp", whole[:-50])]

        lines = map(json.loads, self.predict("--json", *paths).splitlines())

        self.assertEqual([line["cut_short"] for line in lines], [False, True])

    def test_csv_has_a_column_for_each_class(self):
        paths = [self.write("a.png", make_garment()), self.write("b.png", b"none")]

        good, bad = csv.DictReader(io.StringIO(self.predict("--csv", *paths)))

        self.assertIn(good["class_name"], CLASS_NAMES)
        self.assertEqual(good["probability"], good[good["class_name"]])
        self.assertTrue(bad["error"])

    def test_a_picture_on_standard_input(self):
        stdin = SimpleNamespace(buffer=io.BytesIO(make_garment()))
        with mock.patch("sys.stdin", stdin):
            (line,) = self.predict("--json", "-").splitlines()

        self.assertEqual(json.loads(line)["path"], "-")

    def test_says_when_it_is_not_sure(self):
        make_checkpoint("unsure", calibration=make_calibration(threshold=1.1))

        text = self.predict(self.write("a.png", make_garment()))

        self.assertIn("not sure", text)

    def test_a_name_that_is_no_text_is_printed_all_the_same(self):
        path = self.write("a\udcff.png", make_garment())

        self.assertIn("a\\udcff.png", self.predict(path))

    def test_a_name_with_a_newline_is_one_line(self):
        path = self.write("a\nb.png", make_garment())

        self.assertEqual(len(self.predict(path).splitlines()), 1)

    def test_says_that_a_folder_is_empty_and_goes_on(self):
        empty = self.folder / "empty"
        empty.mkdir()

        text = self.predict(str(empty), self.write("a.png", make_garment()))

        self.assertIn("a.png", text)
        self.assertIn(f"{empty}: There are no files in this folder.", self.errors)

    def test_agrees_with_the_site(self):
        path = self.write("a.png", make_garment())

        answer = json.loads(self.predict("--json", path))

        self.assertEqual(answer["class_name"], prediction.predict_imgpath(path))


class Deadly(io.BytesIO):
    """A file that ends the process that reads it, as a fault of a decoder may."""

    def read(self, *size):
        os._exit(1)


class ManyPicturesTests(PredictTestCase):
    """More pictures than one process answers."""

    def setUp(self):
        super().setUp()
        make_checkpoint()
        self.enterContext(mock.patch.object(batches, "FEW", 2))
        self.enterContext(mock.patch.object(batches, "BATCH", 2))
        self.enterContext(mock.patch.object(batches, "cores", lambda: 2))

    def test_several_processes_keep_their_order(self):
        paths = [
            self.write(f"{number}.png", make_picture(colour=(number * 20,) * 3))
            for number in range(9)
        ]
        paths[4] = self.write("bad.png", b"none")

        lines = [
            json.loads(line) for line in self.predict("--json", *paths).splitlines()
        ]

        self.assertEqual([line["path"] for line in lines], paths)
        self.assertEqual(
            ["error" in line for line in lines], [n == 4 for n in range(9)]
        )
        alone = prediction.served().classify(open_picture(paths[8]))
        self.assertAlmostEqual(lines[8]["probability"], alone.probability, places=6)

    def test_a_file_that_kills_its_process_ends_no_batch(self):
        sources = [io.BytesIO(make_garment()) for _ in range(3)]
        sources[1] = Deadly(b"deadly")

        with self.assertLogs("classifier", "ERROR"):
            found = list(batches.answers(prediction.served(), sources))

        self.assertEqual([each.error for each in found], [None, batches.KILLED, None])


class FailureTests(PredictTestCase):
    def test_exit_status_is_1_when_nothing_could_be_read(self):
        make_checkpoint()

        self.predict(self.write("a.png", b"none"))

        self.assertEqual(self.status, 1)

    def test_no_checkpoint_is_one_sentence(self):
        with self.assertRaisesMessage(CommandError, "Run manage.py train."):
            self.predict(self.write("a.png", make_garment()))


@tag("slow")
class TerminalTests(PredictTestCase):
    """The command as a process of its own, with a terminal that has only ASCII."""

    def run_predict(self, *paths):
        return subprocess.run(
            [sys.executable, "manage.py", "predict", *paths],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONIOENCODING": "ascii"},
            capture_output=True,
            text=True,
        )

    def test_prints_any_name_and_nothing_that_libraries_warn_of(self):
        exif = b"Exif\0\0II*\0\x08\0\0\0\x05\0broken broken broken"
        tiff = make_garment(format="TIFF", compression="tiff_adobe_deflate")
        paths = [
            self.write("裤子.jpg", make_garment(format="JPEG", exif=exif)),
            self.write("large.png", make_picture((8_001, 8_001), 0, mode="1")),
            self.write("damaged.tif", tiff.replace(tiff[20:40], bytes(20))),
        ]

        run = self.run_predict(*paths)

        self.assertEqual(run.returncode, 1)
        self.assertIn("\\u88e4\\u5b50.jpg", run.stdout)
        lines = run.stderr.splitlines()
        self.assertEqual([line.partition(": ")[0] for line in lines], paths[1:])
