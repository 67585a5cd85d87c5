"""Corrections in the admin, over a real Cassandra."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import tag
from django.urls import reverse

from classifier import history

from ..fixtures.uploads import make_upload
from .test_admin import LIST, SignedInTestCase, page_of


def address(upload):
    return reverse("admin:classifier_upload_correct", args=[upload.id])


def seen(upload):
    read = history.get(upload.id)
    return read.corrected_at.isoformat() if read.corrected_at else ""


@tag("cassandra")
class CorrectionTests(SignedInTestCase):
    def setUp(self):
        super().setUp()
        [self.upload] = self.record(make_upload(class_name="Shirt", is_sure=False))

    def correct(self, class_name="Coat", **data):
        data = {"class_name": class_name, "seen": seen(self.upload), **data}
        return self.client.post(address(self.upload), data)

    def corrected_class_name(self):
        return history.get(self.upload.id).corrected_class_name

    def test_keeps_the_class_the_person_and_the_time(self):
        self.correct("Coat")

        upload = history.get(self.upload.id)
        self.assertEqual(upload.corrected_class_name, "Coat")
        self.assertEqual(upload.corrected_by, "root")
        self.assertIsNotNone(upload.corrected_at)

    def test_leads_back_to_the_page_it_came_from(self):
        response = self.correct(next=page_of(self.upload))

        self.assertRedirects(response, page_of(self.upload))

    def test_never_leads_to_another_site(self):
        response = self.correct(next="https://example.com/")

        self.assertRedirects(response, LIST)

    def test_page_shows_both_classes_and_the_reviewer(self):
        self.correct("Coat")

        response = self.client.get(page_of(self.upload))

        self.assertContains(response, "<h1>Coat</h1>", html=True)
        self.assertContains(response, "The network said Shirt")
        self.assertContains(response, "root → Coat")

    def test_is_in_the_log_of_the_admin(self):
        self.correct("Coat")

        entry = LogEntry.objects.get(object_id=str(self.upload.id))
        self.assertEqual(entry.get_change_message(), "Corrected to “Coat”.")

    def test_confirming_is_a_review_of_its_own(self):
        self.correct("Shirt")

        entry = LogEntry.objects.get(object_id=str(self.upload.id))
        self.assertEqual(entry.get_change_message(), "Confirmed “Shirt”.")
        self.assertContains(self.client.get(page_of(self.upload)), ">Confirmed<")
        found = {
            name: self.ids(self.client.get(LIST, {"review": name}))
            for name in ("none", "any", "confirmed", "corrected")
        }
        self.assertEqual([name for name in found if found[name]], ["any", "confirmed"])

    def test_a_button_leads_back_to_the_network_s_answer(self):
        self.correct("Coat")
        self.assertContains(self.client.get(page_of(self.upload)), "Back to the netw")

        self.correct("")
        self.assertIsNone(self.corrected_class_name())
        self.correct(undo=1)
        self.assertEqual(self.corrected_class_name(), "Coat")

    def test_none_of_these_is_an_answer(self):
        self.correct(history.NONE_OF_THESE)

        self.assertEqual(self.corrected_class_name(), history.NONE_OF_THESE)

    def test_undo_restores_the_previous_state(self):
        self.correct("Coat")
        self.correct("Dress")

        self.correct(undo=1)
        self.assertEqual(self.corrected_class_name(), "Coat")

    def test_a_class_that_it_cannot_be_is_refused(self):
        self.assertEqual(self.correct("Hat").status_code, 400)
        self.assertIsNone(self.corrected_class_name())

    def test_the_second_of_two_is_told_and_writes_nothing(self):
        before = seen(self.upload)
        self.correct("Coat")

        response = self.client.post(
            address(self.upload),
            {"class_name": "Bag", "seen": before, "next": LIST},
            follow=True,
        )

        self.assertContains(response, "Shirt (shirt.png) was changed by root at")
        self.assertContains(response, "Your change was not saved")
        self.assertEqual(self.corrected_class_name(), "Coat")

    def test_answers_the_script_in_json(self):
        data = {"class_name": "Coat", "seen": ""}
        headers = {"accept": "application/json"}
        first = self.client.post(address(self.upload), data, headers=headers)
        second = self.client.post(address(self.upload), data, headers=headers)

        self.assertEqual(first.json()["class_name"], "Coat")
        self.assertEqual(first.json()["seen"], seen(self.upload))
        self.assertEqual(second.status_code, 409)
        self.assertIn("Your change was not saved", second.json()["problem"])

    def test_needs_the_permission_to_change(self):
        self.client.force_login(User.objects.create_user("staff", is_staff=True))

        self.assertEqual(self.correct().status_code, 403)

    def test_leaves_the_review_queue(self):
        queue = {"is_sure": "False", "review": "none"}
        before = self.ids(self.client.get(LIST, queue))
        self.correct("Coat")

        self.assertEqual(before, [self.upload.id])
        self.assertEqual(self.ids(self.client.get(LIST, queue)), [])


@tag("cassandra")
class BulkCorrectionTests(SignedInTestCase):
    def setUp(self):
        super().setUp()
        self.first, self.second = self.record(make_upload(), make_upload())

    def act(self, action, **data):
        ids = [str(self.first.id), str(self.second.id)]
        form = {"action": action, "_selected_action": ids, "index": 0}
        for upload in (self.first, self.second):
            form[f"seen-{upload.id}"] = seen(upload)
        return self.client.post(LIST, form | data, follow=True)

    def classes(self):
        read = (history.get(upload.id) for upload in (self.first, self.second))
        return [upload.corrected_class_name for upload in read]

    def test_corrects_all_that_are_ticked(self):
        response = self.act("correct_selected", class_name="Bag")

        self.assertContains(response, "2 uploads were changed.")
        self.assertEqual(self.classes(), ["Bag", "Bag"])

    def test_undoes_the_change_of_all_that_are_ticked(self):
        self.act("correct_selected", class_name="Bag")
        self.act("undo_selected")

        self.assertEqual(self.classes(), [None, None])

    def test_counts_only_the_undone_changes(self):
        history.correct(history.get(self.first.id), "Coat", by="ann")

        response = self.act("undo_selected")

        self.assertContains(response, "1 upload was changed.")

    def test_goes_on_after_one_that_cannot_be_of_the_class(self):
        [self.first] = self.record(make_upload(class_names=["Sock"], class_name="Sock"))

        response = self.act("correct_selected", class_name="Bag")

        self.assertContains(response, "Sock (shirt.png): This upload cannot be of")
        self.assertContains(response, "1 upload was changed.")
        self.assertEqual(self.classes(), [None, "Bag"])

    def test_asks_for_a_class(self):
        response = self.act("correct_selected")

        self.assertContains(response, "Choose a class, too.")
        self.assertEqual(self.classes(), [None, None])

    def test_tells_which_one_somebody_else_changed(self):
        history.correct(history.get(self.first.id), "Coat", by="ann")

        response = self.act(
            "correct_selected", class_name="Bag", **{f"seen-{self.first.id}": ""}
        )

        self.assertContains(response, "T-shirt/top (shirt.png) was changed by ann at")
        self.assertContains(response, "1 upload was changed.")
        self.assertEqual(self.classes(), ["Coat", "Bag"])
