import io
import json
import tempfile
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings

from classifier.labels import CLASS_NAMES

from ..fixtures.networks import make_checkpoint, make_split, write_idx
from ..fixtures.pictures import make_garment, make_picture


class EvaluateTestCase(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))
        self.dataset = folder / "data"
        self.dataset.mkdir()

    def evaluate(self, **options):
        output, errors = io.StringIO(), io.StringIO()
        options = {"stdout": output, "stderr": errors, **options}
        call_command("evaluate", dataset=self.dataset, **options)
        self.errors = errors.getvalue()
        return output.getvalue()


class EvaluateTests(EvaluateTestCase):
    def setUp(self):
        super().setUp()
        for name in ("train", "t10k"):
            split = make_split(9)
            write_idx(self.dataset / f"{name}-images-idx3-ubyte", split.images)
            write_idx(self.dataset / f"{name}-labels-idx1-ubyte", split.labels)

    def test_text_names_every_class_and_the_interval(self):
        make_checkpoint(class_names=CLASS_NAMES)

        text = self.evaluate()

        self.assertRegex(text, r"accuracy +\d+\.\d\d% \(95 %: \d+\.\d\d%-\d+\.\d\d%\)")
        for name in CLASS_NAMES:
            self.assertIn(f"\n{name} ", text)

    def test_json_holds_the_same_figures(self):
        make_checkpoint(class_names=CLASS_NAMES)

        figures = json.loads(self.evaluate(json=True))

        self.assertEqual(figures["pictures"], 9)
        self.assertEqual(sum(map(sum, figures["confusion"])), 9)
        self.assertEqual(figures["checkpoint"], "tiny")

    def test_another_checkpoint_than_the_served_one(self):
        make_checkpoint("other", class_names=CLASS_NAMES)
        make_checkpoint("served-one", class_names=CLASS_NAMES)

        figures = json.loads(self.evaluate(json=True, checkpoint="other"))

        self.assertEqual(figures["checkpoint"], "other")

    def test_a_checkpoint_that_is_not_there(self):
        with self.assertRaisesMessage(CommandError, "no checkpoint 'missing'"):
            self.evaluate(checkpoint="missing")

    def test_a_checkpoint_of_other_classes(self):
        make_checkpoint()

        with self.assertRaisesMessage(CommandError, "Top half"):
            self.evaluate()

    def test_html_needs_no_other_file(self):
        make_checkpoint(class_names=CLASS_NAMES)
        path = self.dataset / "report.html"

        self.evaluate(html=path)

        page = path.read_text()
        self.assertIn("T-shirt/top", page)
        self.assertIn("<polyline", page)
        self.assertIn("data:image/png;base64,", page)
        self.assertNotRegex(page, r"(src|href)=\"(?!data:)")


class PictureFolderTests(EvaluateTestCase):
    def setUp(self):
        super().setUp()
        make_checkpoint()
        for name in ("Top half", "bottom-half", "none"):
            (self.dataset / name).mkdir()
            (self.dataset / name / "1.png").write_bytes(make_garment())

    def test_every_picture_is_measured_and_those_of_no_class_apart(self):
        figures = json.loads(self.evaluate(json=True))

        self.assertEqual(figures["pictures"], 2)
        self.assertEqual(figures["no_class"]["pictures"], 1)

    def test_labels_in_a_file_are_read_like_folders(self):
        text = "file,class\nTop half/1.png,Bottom half\nnone/1.png,none\n"
        (self.dataset / "labels.csv").write_text(text)

        figures = json.loads(self.evaluate(json=True))

        pictures = {row["class_name"]: row["pictures"] for row in figures["classes"]}
        self.assertEqual(pictures["Bottom half"], 1)
        self.assertEqual(figures["no_class"]["pictures"], 1)

    def test_the_page_shows_photographs_in_colour(self):
        for name in ("Top half", "bottom-half"):
            (self.dataset / name / "1.png").write_bytes(make_picture((40, 40), "red"))
        path = self.dataset.parent / "report.html"

        self.evaluate(html=path)

        self.assertIn("data:image/png;base64,", path.read_text())

    def test_pictures_of_none_of_the_classes_alone_tell_nothing(self):
        for name in ("Top half", "bottom-half"):
            (self.dataset / name / "1.png").unlink()

        with self.assertRaisesMessage(CommandError, "None of the files"):
            self.evaluate()

    def test_files_that_cannot_be_read_are_listed(self):
        (self.dataset / "none" / "broken.png").write_bytes(b"broken")

        self.evaluate()

        self.assertIn("broken.png", self.errors)
