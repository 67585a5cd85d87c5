"""Zips of pictures, also hostile ones: all of it or a sentence."""

import io
import tempfile
import zipfile
from pathlib import Path
from unittest import mock

from django.test import TestCase, override_settings

from classifier.exceptions import StorageUnavailable
from classifier.own_classes import adding, archives
from classifier.own_classes.models import ClassSet, OwnPicture
from classifier.own_classes.names import Refused

from ..fixtures.pictures import make_picture


def make_zip(entries):
    """Return a zip with files by path."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in entries.items():
            archive.writestr(path, content)
    return file


def make_colour(number):
    """Return a PNG unlike those of other numbers."""
    return make_picture((40, 30), (number * 9 % 256, 80, 200 - number))


class OwnClassesTestCase(TestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        self.folder = folder
        self.set = ClassSet.objects.create(name="Fruit", made_by="ann")

    def files(self):
        return [path for path in self.folder.rglob("*") if path.is_file()]


class ArchiveTests(OwnClassesTestCase):
    def add(self, entries):
        return archives.add(self.set, make_zip(entries))

    def assertRefused(self, sentence, file):
        with self.assertRaisesMessage(Refused, sentence):
            archives.add(self.set, file)
        self.assertEqual(self.files(), [])
        self.assertFalse(self.set.classes.exists())

    def test_each_folder_is_a_class(self):
        added = self.add(
            {"fruit/苹果/1.png": make_colour(1), "fruit/pear/2.png": make_colour(2)}
        )

        self.assertEqual(len(added.made), 2)
        names = [each.name for each in self.set.classes.all()]
        self.assertEqual(names, ["苹果", "pear"])

    def test_what_is_no_picture_is_named_and_the_rest_is_taken(self):
        added = self.add(
            {
                "a/1.png": make_colour(1),
                "a/read.me": b"hello",
                "top.png": make_colour(2),
            }
        )

        self.assertEqual(len(added.made), 1)
        self.assertEqual([name for name, _ in added.refused], ["a/read.me", "top.png"])

    def test_the_same_picture_in_two_classes_is_refused_and_twice_in_one_is_not(self):
        one = make_colour(1)
        added = self.add({"a/1.png": one, "a/2.png": one, "b/3.png": one})

        self.assertEqual((len(added.made), added.known), (1, 1))
        self.assertIn("in “a” already", added.refused[0][1])

    def test_paths_that_climb_are_refused_with_the_whole_zip(self):
        for path in ("../b/2.png", "/etc/2.png", "a/../../2.png", "C:/2.png"):
            with self.subTest(path):
                file = make_zip({"a/1.png": make_colour(1), path: make_colour(2)})
                self.assertRefused("a path out of its folder", file)

    def test_entries_without_a_name_are_left_out(self):
        one, two = make_colour(1), make_colour(2)

        self.assertEqual(len(self.add({"a/1.png": one, ".": two}).made), 1)

    def test_a_bomb_is_refused_before_it_is_unpacked(self):
        with mock.patch.object(archives, "MOST_BYTES", 10_000_000):
            file = make_zip({f"a/{n}.png": bytes(1_000_000) for n in range(11)})
            self.assertRefused("Unpacked, this zip has", file)

    def test_too_many_files_are_refused(self):
        with mock.patch.object(adding, "MOST_PICTURES", 20):
            file = make_zip({f"a/{n}.png": b"" for n in range(21)})
            self.assertRefused("These are 21 files", file)

    def test_a_damaged_zip_leaves_nothing_behind(self):
        content = make_zip({f"a/{n}.png": make_colour(n) for n in range(9)}).getvalue()
        broken = bytearray(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            last = archive.infolist()[-1]
        at = last.header_offset + 30 + len(last.filename) + 8
        broken[at : at + 20] = bytes(20)

        for damaged in (content[:400], bytes(broken), b"PK"):
            with self.subTest(len(damaged)):
                self.assertRefused("This zip is damaged", io.BytesIO(damaged))

    def test_a_full_disk_is_no_damage_and_leaves_nothing_behind(self):
        (self.folder / "own-classes").write_text("in the way of the folder")

        with self.assertRaises(StorageUnavailable):
            self.add({"a/1.png": make_colour(1)})

        self.assertFalse(self.set.classes.exists())

    def test_deleting_a_set_deletes_its_files(self):
        self.add({"a/1.png": make_colour(1)})
        self.assertTrue(self.files())

        self.set.delete()

        self.assertEqual((self.files(), OwnPicture.objects.count()), ([], 0))
