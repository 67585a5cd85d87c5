"""Review mode: one picture after another, by keys or as a form."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import tag
from django.urls import reverse
from playwright.sync_api import expect

from classifier import history
from classifier.history import suggestions

from ..fixtures.browser import BrowserTestCase
from ..fixtures.uploads import NOON, make_upload
from .test_admin import SignedInTestCase
from .test_browser import keep_pictures

REVIEW = reverse("admin:classifier_upload_review")
BATCH = reverse("admin:classifier_upload_review_batch")
SECOND = datetime.timedelta(seconds=1)


@tag("cassandra")
class ReviewTests(SignedInTestCase):
    def batch(self, address=BATCH, **query):
        return self.client.get(address, query).json()

    def test_shows_the_guess_and_the_visitors_answer_as_a_form(self):
        [upload, _] = self.record_many(2)
        suggestions.keep(upload.id, "Coat")
        correct = reverse("admin:classifier_upload_correct", args=[upload.id])

        response = self.client.get(REVIEW)

        self.assertContains(response, f'action="{correct}"')
        self.assertContains(response, '<strong data-field="suggestion">Coat</strong>')
        self.assertContains(response, 'value="none of these"><kbd>0</kbd>')

    def test_a_form_leads_to_the_next_one(self):
        newer, older = self.record_many(2)
        form = {"class_name": "Coat", "seen": "", "next": REVIEW}
        correct = reverse("admin:classifier_upload_correct", args=[newer.id])

        response = self.client.post(correct, form, follow=True)

        self.assertContains(response, str(older.id))
        self.assertNotContains(response, str(newer.id))

    def test_skips_to_the_one_after(self):
        older = self.record_many(2)[1]

        skip = self.client.get(REVIEW).context["skip"]

        self.assertContains(self.client.get(skip), str(older.id))

    def test_batches_go_on_to_the_end_under_the_filters_of_the_list(self):
        bags = self.record_many(25, class_name="Bag")
        self.record(make_upload(NOON, class_name="Coat"))

        first = self.batch(class_name="Bag")
        second = self.batch(first["next"])

        ids = [item["id"] for item in [*first["items"], *second["items"]]]
        self.assertEqual(ids, [str(bag.id) for bag in bags])
        self.assertIsNone(second["next"])

    def test_says_that_nothing_is_left(self):
        self.assertContains(self.client.get(REVIEW), "Nothing is left to review.")

    def test_a_forged_place_is_a_bad_request(self):
        response = self.client.get(REVIEW, {"place": "rest.forged"})

        self.assertContains(response, "address is damaged", status_code=400)

    def test_needs_the_permission_to_change(self):
        self.client.force_login(User.objects.create_user("staff", is_staff=True))

        for address in (REVIEW, BATCH):
            self.assertEqual(self.client.get(address).status_code, 403)


@pytest.mark.browser
class ReviewInTheBrowserTests(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.uploads = [
            make_upload(NOON - number * SECOND, file_name=f"{number:02}.png")
            for number in range(24)
        ]
        for upload in self.uploads:
            history.record(upload)
            keep_pictures(upload)
        suggestions.keep(self.uploads[1].id, "Coat")
        self.sign_in()
        self.open("admin:classifier_upload_review")
        expect(self.page.locator(".review-strip img")).to_have_count(8)

    def see(self, file_name):
        expect(self.page.locator("[data-field=file_name]")).to_have_text(file_name)

    def said(self, number):
        return history.get(self.uploads[number].id).corrected_class_name

    def settle(self):
        expect(self.page.locator("[data-field=saving]")).to_be_empty()

    def test_keys_answer_move_on_undo_and_restore_unsaved_answers(self):
        press = self.page.keyboard.press
        self.assertAccessible()

        self.see("01.png")  # its visitor disagrees
        press("5")
        self.see("00.png")
        press("Enter")
        self.see("02.png")
        self.settle()
        press("u")
        self.see("00.png")
        press("0")
        self.settle()
        self.assertEqual(self.said(1), "Coat")
        log = history.get(self.uploads[0].id).correction_log
        self.assertEqual(
            [each.chosen for each in log], ["none of these", None, "T-shirt/top"]
        )

        history.correct(history.get(self.uploads[2].id), "Bag", by="ann")
        press("Enter")  # the second of two people
        expect(self.page.locator(".review-status")).to_contain_text("ann")
        self.see("03.png")
        press("Enter")
        self.see("02.png")

        press("Enter")
        for number in range(4, 24):  # beyond the first batch
            self.see(f"{number:02}.png")
            press("Enter")
        expect(self.page.locator("[data-field=end]")).to_be_visible()
        self.settle()
        self.assertEqual(
            {self.said(number) for number in range(3, 24)}, {"T-shirt/top"}
        )
