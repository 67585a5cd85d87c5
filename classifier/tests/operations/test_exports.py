import csv
import io
import json
import os
import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from unittest import mock

from django.test import SimpleTestCase, override_settings
from PIL import Image

from classifier import history, pictures
from classifier.evaluation.metrics import NO_CLASS
from classifier.exceptions import HistoryUnavailable
from classifier.labels import CLASS_NAMES
from classifier.operations import exports, tables
from classifier.training import folders

from ..fixtures.colours import avif_with, chart
from ..fixtures.uploads import make_upload


def rows_of(lines):
    text = "".join(lines).removeprefix(tables.BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text)))


class TableTests(SimpleTestCase):
    def test_has_a_line_per_upload_under_the_names(self):
        uploads = [make_upload(), make_upload(is_sure=False)]

        rows = rows_of(tables.lines(uploads))

        self.assertEqual([row["id"] for row in rows], [str(one.id) for one in uploads])
        self.assertEqual([row["is_sure"] for row in rows], ["True", "False"])

    @override_settings(TIME_ZONE="Asia/Shanghai")
    def test_opens_right_in_excel(self):
        upload = make_upload(file_name="衣服.png", probability=0.123456)

        text = "".join(tables.lines([upload]))

        self.assertTrue(text.encode().startswith(b"\xef\xbb\xbfid,"))
        [row] = rows_of([text])
        self.assertEqual(row["created_at"], "2024-02-29 20:00:00")
        self.assertEqual((row["probability"], row["latency_ms"]), ("0.1235", "0.5000"))
        self.assertEqual((row["T-shirt/top"], row["Bag"]), ("0.9100", "0.0100"))

    def test_classes_of_another_network_stand_in_the_last_column(self):
        other = make_upload(class_names=["Bag", "Hat"], probabilities=[0.25, 0.75])

        _, row = rows_of(tables.lines([make_upload(), other]))

        self.assertEqual((row["Bag"], row["Coat"]), ("0.2500", ""))
        self.assertEqual(row["other_classes"], "Hat=0.7500")

    def test_has_its_heading_without_uploads(self):
        self.assertIn("corrected_class_name", "".join(tables.lines([])))

    def test_neutralizes_formulas_in_file_names(self):
        for name in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx"):
            with self.subTest(name):
                [row] = rows_of(tables.lines([make_upload(file_name=name)]))

                self.assertEqual(row["file_name"], f"'{name}")

    def test_keeps_commas_quotes_and_line_breaks_in_their_cell(self):
        name = 'a,"b"\nc.png'
        [row] = rows_of(tables.lines([make_upload(file_name=name)]))

        self.assertEqual(row["file_name"], name)


class JsonLinesTests(SimpleTestCase):
    def test_is_one_object_a_line_with_all_probabilities(self):
        [line] = exports.json_lines([make_upload(file_name="=1")])

        values = json.loads(line)
        self.assertEqual(values["file_name"], "=1")
        self.assertEqual(len(values["probabilities"]), 10)
        self.assertEqual(values["probabilities"]["T-shirt/top"], 0.91)


class ImageFolderTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        settings = override_settings(MEDIA_ROOT=Path(folder.name))
        settings.enable()
        self.addCleanup(settings.disable)
        self.folder = Path(folder.name)

    def keep(self, suffix="png", **values):
        upload = make_upload(**values)
        upload.stored_name = f"{upload.id}.{suffix}"
        Image.new("RGB", (4, 3)).save(self.folder / upload.stored_name)
        return upload

    def export(self, *uploads):
        return zipfile.ZipFile(io.BytesIO(b"".join(exports.image_folder(uploads))))

    def test_has_a_folder_per_class_and_a_table(self):
        first = self.keep(class_name="Bag", corrected_class_name="Bag")
        second = self.keep(suffix="jpeg", corrected_class_name="T-shirt/top")

        archive = self.export(first, second)

        self.assertEqual(
            archive.namelist(),
            [f"Bag/{first.id}.png", f"T-shirt-top/{second.id}.jpeg", "uploads.csv"],
        )
        self.assertIsNone(archive.testzip())
        rows = rows_of([archive.read("uploads.csv").decode()])
        self.assertEqual([row["file"] for row in rows], archive.namelist()[:-1])

    def test_a_corrected_class_comes_first(self):
        upload = self.keep(class_name="Bag", corrected_class_name="Dress")

        self.assertIn(f"Dress/{upload.id}.png", self.export(upload).namelist())

    def test_goes_through_evaluate_and_train_as_it_is(self):
        shirt = self.keep(corrected_class_name="T-shirt/top")
        none = self.keep(corrected_class_name=history.NONE_OF_THESE)
        unreviewed = self.keep()

        archive = self.export(shirt, none, unreviewed)
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        archive.extractall(folder)
        found = folders.find(folder)

        self.assertIn(f"unreviewed/{unreviewed.id}.png", archive.namelist())
        self.assertEqual(
            [picture.path.stem for picture in found], [str(shirt.id), str(none.id)]
        )
        self.assertEqual(folders.labels(found, CLASS_NAMES), [0, NO_CLASS])

    def test_converts_formats_unknown_to_keras_to_png(self):
        upload = self.keep(suffix="webp")

        archive = self.export(upload)

        picture = Image.open(archive.open(f"unreviewed/{upload.id}.png"))
        self.assertEqual((picture.format, picture.size), ("PNG", (4, 3)))

    def test_a_picture_in_other_colours_is_in_srgb(self):
        upload = self.keep(suffix="avif")
        path = self.folder / upload.stored_name
        path.write_bytes(avif_with(chart(), 9, 16))

        archive = self.export(upload)

        exported = Image.open(archive.open(f"unreviewed/{upload.id}.png"))
        expected = pictures.open_picture(path)
        self.assertEqual(exported.tobytes(), expected.tobytes())
        self.assertNotEqual(exported.tobytes(), Image.open(path).tobytes())

    def test_a_picture_that_is_gone_is_only_in_the_table(self):
        archive = self.export(make_upload())

        self.assertEqual(archive.namelist(), ["uploads.csv"])
        [row] = rows_of([archive.read("uploads.csv").decode()])
        self.assertEqual((row["file"], row["problem"]), ("", "gone"))

    def test_pictures_that_cannot_be_read_are_only_in_the_table(self):
        damaged = self.keep(suffix="webp")
        (self.folder / damaged.stored_name).write_bytes(b"RIFF")
        folder, strange, whole = make_upload(), make_upload(), self.keep()
        (self.folder / f"{folder.id}.png").mkdir()
        folder.stored_name = f"{folder.id}.png"
        strange.stored_name = "a\0b"

        archive = self.export(damaged, folder, strange, whole)

        self.assertIsNone(archive.testzip())
        rows = rows_of([archive.read("uploads.csv").decode()])
        problems = [row["problem"] for row in rows]
        self.assertEqual(problems, ["damaged", "Is a directory", "damaged", ""])
        self.assertIn(str(whole.id), archive.namelist()[0])

    def test_pictures_that_break_off_or_were_changed_are_only_in_the_table(self):
        broken_off = [self.keep(suffix=each) for each in ("png", "jpeg", "gif", "bmp")]
        for upload in broken_off:
            path = self.folder / upload.stored_name
            os.truncate(path, path.stat().st_size - 16)
        changed = self.keep()
        path = self.folder / changed.stored_name
        path.write_bytes(path.read_bytes().replace(b"IDAT", b"IDAT\0"))

        archive = self.export(*broken_off, changed)

        self.assertEqual(archive.namelist(), ["uploads.csv"])
        rows = rows_of([archive.read("uploads.csv").decode()])
        self.assertEqual({row["problem"] for row in rows}, {"damaged"})

    def test_a_picture_over_limits_that_were_lowered_is_exported(self):
        upload = self.keep()
        self.enterContext(mock.patch.object(Image, "MAX_IMAGE_PIXELS", 5))

        self.assertIn(str(upload.id), self.export(upload).namelist()[0])

    def test_a_store_that_goes_away_ends_it(self):
        def uploads():
            yield self.keep()
            raise HistoryUnavailable("away")

        for name, made in exports.FORMATS.items():
            with self.subTest(name), self.assertRaises(HistoryUnavailable):
                list(made(uploads()))

    def test_is_made_with_constant_memory(self):
        uploads = [self.keep() for _ in range(10)]
        noise = Image.frombytes("L", (2_500, 2_001), os.urandom(2_500 * 2_001))
        noise.save(self.folder / "noise.png", compress_level=0)
        large = (self.folder / "noise.png").read_bytes()
        for upload in uploads:
            (self.folder / upload.stored_name).write_bytes(large)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)

        size = sum(map(len, exports.image_folder(uploads)))

        self.assertGreater(size, 50_000_000)
        self.assertLess(tracemalloc.get_traced_memory()[1], 2_000_000)
