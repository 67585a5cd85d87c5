import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from classifier import picture_folders
from classifier.evaluation import NO_CLASS
from classifier.exceptions import DatasetUnavailable
from classifier.labels import CLASS_NAMES
from classifier.picture_folders import LabelledPicture


class FolderTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, content=b"a file"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def write_labels(self, text):
        self.write(picture_folders.LABELS, text.encode())


class FindTests(FolderTestCase):
    def test_every_file_under_a_folder_is_of_its_class(self):
        deep = self.write("Schal/deeper/1.png")
        hat = self.write("Wollmütze/2.png")
        self.write(".git/3.png")
        self.write("Schal/.hidden.png")

        found = picture_folders.find(self.folder)

        self.assertEqual(
            found, [LabelledPicture(deep, "Schal"), LabelledPicture(hat, "Wollmütze")]
        )
        self.assertEqual(picture_folders.class_names(found), ("Schal", "Wollmütze"))

    def test_labels_say_the_class_and_who_took_a_picture(self):
        self.write_labels("file,class,group\na/1.jpg,Schal,7\n2.jpg,none,8\n")

        found = picture_folders.find(self.folder)

        path = self.folder / "a" / "1.jpg"
        self.assertEqual(found[0], LabelledPicture(path, "Schal", "7"))
        self.assertEqual(picture_folders.class_names(found), ("Schal",))

    def test_labels_without_a_column_that_is_needed_are_refused(self):
        self.write_labels("file,what\n1.jpg,Schal\n")

        with self.assertRaisesMessage(DatasetUnavailable, "got file, what"):
            picture_folders.find(self.folder)

    def test_a_folder_of_nothing_is_refused(self):
        with self.assertRaisesMessage(DatasetUnavailable, "a sub-folder for each"):
            picture_folders.find(self.folder)


class SplitTests(FolderTestCase):
    def test_a_folder_to_test_with_is_told_from_classes(self):
        for name in ("train/a/1.png", "test/a/2.png"):
            self.write(name)

        train, test = picture_folders.split(self.folder)

        self.assertEqual((train.name, test.name), ("train", "test"))

    def test_classes_alone_have_none(self):
        for name in ("train/1.png", "bus/2.png"):
            self.write(name)

        self.assertEqual(picture_folders.split(self.folder), (self.folder, None))


class LabelsTests(FolderTestCase):
    def labels(self, *names):
        pictures = [LabelledPicture(Path("1.png"), name) for name in names]
        return picture_folders.labels(pictures, CLASS_NAMES)

    def test_classes_are_matched_but_for_case_and_punctuation(self):
        found = self.labels("t-shirt-top", "Ankle boot", "None")

        self.assertEqual(found, [0, 9, NO_CLASS])

    def test_unknown_classes_are_named(self):
        with self.assertRaisesMessage(DatasetUnavailable, "belt, hat: no class"):
            self.labels("hat", "belt", "bag")
