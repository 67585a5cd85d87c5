import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from classifier.evaluation.metrics import NO_CLASS
from classifier.exceptions import DatasetUnavailable
from classifier.labels import CLASS_NAMES
from classifier.training import folders
from classifier.training.folders import LabelledPicture


class FolderTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, content=b"a file"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def write_labels(self, text):
        self.write(folders.LABELS, text.encode())


class FindTests(FolderTestCase):
    def test_every_file_under_a_folder_is_of_its_class(self):
        deep = self.write("Schal/deeper/1.png")
        hat = self.write("Wollmütze/2.png")
        self.write(".git/3.png")
        self.write("Schal/.hidden.png")

        found = folders.find(self.folder)

        self.assertEqual(
            found, [LabelledPicture(deep, "Schal"), LabelledPicture(hat, "Wollmütze")]
        )
        self.assertEqual(folders.class_names(found), ("Schal", "Wollmütze"))

    def test_labels_have_the_class_and_the_sender(self):
        self.write_labels("file,class,group\na/1.jpg,Schal,7\n2.jpg,none,8\n")

        found = folders.find(self.folder)

        path = self.folder / "a" / "1.jpg"
        self.assertEqual(found[0], LabelledPicture(path, "Schal", "7"))
        self.assertEqual(folders.class_names(found), ("Schal",))

    def test_labels_may_name_the_digest_of_each_file(self):
        self.write_labels(f"file,class,sha256\n1.jpg,Schal,{'a' * 64}\n2.jpg,Schal,\n")

        found = folders.find(self.folder)

        self.assertEqual([each.sha256 for each in found], ["a" * 64, None])

    def test_labels_without_a_column_that_is_needed_are_refused(self):
        self.write_labels("file,what\n1.jpg,Schal\n")

        with self.assertRaisesMessage(DatasetUnavailable, "got file, what"):
            folders.find(self.folder)

    def test_a_folder_of_nothing_is_refused(self):
        with self.assertRaisesMessage(DatasetUnavailable, "a sub-folder for each"):
            folders.find(self.folder)


class SplitTests(FolderTestCase):
    def test_a_folder_to_test_with_is_told_from_classes(self):
        for name in ("train/a/1.png", "test/a/2.png"):
            self.write(name)

        train, test = folders.split(self.folder)

        self.assertEqual((train.name, test.name), ("train", "test"))

    def test_classes_alone_have_none(self):
        for name in ("train/1.png", "bus/2.png"):
            self.write(name)

        self.assertEqual(folders.split(self.folder), (self.folder, None))


class LabelsTests(FolderTestCase):
    def labels(self, *names):
        pictures = [LabelledPicture(Path("1.png"), name) for name in names]
        return folders.labels(pictures, CLASS_NAMES)

    def test_classes_are_matched_but_for_case_and_punctuation(self):
        found = self.labels("t-shirt-top", "Ankle boot", "None")

        self.assertEqual(found, [0, 9, NO_CLASS])

    def test_unknown_classes_are_named(self):
        with self.assertRaisesMessage(DatasetUnavailable, "belt, hat: no class"):
            self.labels("hat", "belt", "bag")
