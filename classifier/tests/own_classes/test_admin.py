"""Own classes in the admin: permissions, and refusals in a sentence."""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import override_settings, tag
from django.urls import reverse

from classifier import history, uploads
from classifier.jobs.models import Job
from classifier.networks import checkpoints
from classifier.own_classes import adding
from classifier.own_classes.models import ClassSet, OwnPicture

from ..admin.test_admin import LIST, SignedInTestCase
from ..fixtures.uploads import make_upload
from .test_archives import make_colour, make_zip


def address(name, number):
    return reverse(f"admin:own_classes_classset_{name}", args=[number])


@tag("cassandra")
class OwnClassesTests(SignedInTestCase):
    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=folder, VAR_DIR=folder))
        self.set = ClassSet.objects.create(name="Fruit", made_by="ann")

    def send(self, *files, **fields):
        pictures = [SimpleUploadedFile(name, content) for name, content in files]
        return self.client.post(
            address("pictures", self.set.pk),
            {"pictures": pictures, **fields},
            headers={"accept": "application/json"},
        )

    def test_a_set_is_made_with_its_classes_and_descriptions(self):
        added = reverse("admin:own_classes_classset_add")
        page = self.client.post(added, {"name": "Tools"}, follow=True)
        made = ClassSet.objects.get(name="Tools")
        self.client.post(
            address("classes", made.pk), {"name": "Saw", "description": "It cuts wood."}
        )

        self.assertRedirects(page, address("change", made.pk))
        self.assertContains(self.client.get(page.wsgi_request.path), "It cuts wood.")

    def test_pictures_of_a_folder_go_into_the_class_of_its_name(self):
        answer = self.send(("1.png", make_colour(1)), paths=["fruit/pear/1.png"])

        self.assertEqual(answer.json()["new"], 1)
        self.assertEqual(OwnPicture.objects.get().own_class.name, "pear")

    def test_a_zip_comes_in_parts(self):
        whole = make_zip({"pear/1.png": make_colour(1)}).getvalue()
        token = "0" * 32

        first = self.send(("part", whole[:99]), token=token, offset="0")
        last = self.send(("part", whole[99:]), token=token, offset="99", last="yes")

        self.assertEqual((first.json(), last.json()["new"]), ({}, 1))

    def test_a_missing_part_is_noticed_and_the_rest_removed(self):
        self.send(("part", b"PK"), token="0" * 32, offset="0")

        answer = self.send(("part", b"x"), token="0" * 32, offset="99", last="yes")

        self.assertEqual(answer.status_code, 400)
        self.assertIn("Send it again", answer.json()["problem"])
        self.assertEqual(list(settings.MEDIA_ROOT.rglob("*.zip")), [])

    def test_too_few_classes_or_pictures_are_no_job(self):
        pear = adding.add_class(self.set, "pear")
        page = self.client.post(address("learn", self.set.pk), follow=True)
        self.assertContains(page, "this set has 1.")

        adding.add_class(self.set, "apple")
        self.send(*((f"{n}.png", make_colour(n)) for n in range(5)), own_class=pear.pk)
        page = self.client.post(address("learn", self.set.pk), follow=True)

        self.assertContains(page, "too few has: apple (0).")
        self.assertFalse(Job.objects.exists())

    def test_uploads_are_sorted_into_a_class_and_leave_it_when_they_are_deleted(self):
        pear = adding.add_class(self.set, "pear")
        [upload] = self.record(make_upload())

        self.client.post(
            LIST,
            {
                "action": "sort_selected",
                "_selected_action": [upload.id],
                "own_class": pear.pk,
            },
        )

        self.assertEqual(OwnPicture.objects.get().upload_id, upload.id)
        uploads.delete(history.get(upload.id))
        self.assertFalse(OwnPicture.objects.exists())

    def test_who_may_view_networks_changes_nothing(self):
        self.sign_in("view_network")

        self.assertEqual(
            self.client.get(address("change", self.set.pk)).status_code, 200
        )
        for name in ("classes", "pictures", "learn"):
            response = self.client.post(address(name, self.set.pk))
            self.assertEqual(response.status_code, 403)

    def test_a_set_becomes_a_network_that_knows_its_classes_alone(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()), "checkpoints")
        shutil.copytree(settings.BASE_DIR / "checkpoints", folder)
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))
        for number, name in enumerate(("red", "none", "blue")):
            own_class = adding.add_class(self.set, name, f"All that is {name}.")
            files = [(f"{n}.png", make_colour(20 * number + n)) for n in range(5)]
            self.send(*files, own_class=own_class.pk)
        before = checkpoints.served_version()

        self.client.post(address("learn", self.set.pk))
        call_command("jobs", batch=True)

        job = Job.objects.get()
        self.assertEqual(job.message, "Learned 2 classes from 15 pictures.")
        made = checkpoints.open_checkpoint(job.version)
        self.assertEqual(made.class_names, ("blue", "red"))
        self.assertEqual(made.class_descriptions["red"], "All that is red.")
        self.assertEqual(checkpoints.served_version(), before)
