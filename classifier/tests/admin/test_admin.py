"""The uploads in the admin, over a real Cassandra."""

import datetime
from unittest import mock

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import TestCase, override_settings, tag
from django.urls import reverse

from classifier import history
from classifier.history import cursors, suggestions
from deewhy.tests.cassandra.test_session import answers_within, cassandra_at, real_port
from deewhy.tests.fixtures.proxy import Proxy

from ..fixtures.uploads import NOON, make_upload, statements_sent

LIST = reverse("admin:classifier_upload_changelist")


def page_of(upload):
    return reverse("admin:classifier_upload_change", args=[upload.id])


# Ends with a limit, or names the whole key of one row.
BOUNDED = r" LIMIT (\?|\d+)$|( shard| scope|) = \? AND (id|day) = \?$| upload_id = \?$"


class SignedInTestCase(TestCase):
    databases = {"default", "cassandra"}

    @classmethod
    def setUpTestData(cls):
        cls.root = User.objects.create_superuser("root")

    def setUp(self):
        self.client.force_login(self.root)

    def sign_in(self, *codenames):
        """Become a member of staff with these permissions alone."""
        user = User.objects.create_user("staff", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        self.client.force_login(user)

    def record(self, *uploads):
        for upload in uploads:
            history.record(upload)
        return uploads

    def record_many(self, count, **values):
        """Record uploads a second apart and return them, the newest first."""
        second = datetime.timedelta(seconds=1)
        moments = [NOON - number * second for number in range(count)]
        return self.record(*(make_upload(moment, **values) for moment in moments))

    def ids(self, response):
        return [upload.id for upload in response.context["cl"].result_list]

    def links(self, response):
        return response.context["cl"].page_links()


@tag("cassandra")
class UploadListTests(SignedInTestCase):
    def test_no_uploads_yet(self):
        self.assertContains(self.client.get(LIST), "There are no uploads yet.")

    def test_one_upload_is_shown_for_people(self):
        [upload] = self.record(make_upload(class_name="Bag", probability=0.876))

        response = self.client.get(LIST)

        self.assertContains(response, "87.6%")
        self.assertContains(response, reverse("classifier:thumbnail", args=[upload.id]))
        self.assertContains(response, "Feb. 29, 2024<br>noon")

    @override_settings(TIME_ZONE="Asia/Shanghai")
    def test_time_is_in_the_zone_of_the_site(self):
        self.record(make_upload(NOON))

        self.assertContains(self.client.get(LIST), "Feb. 29, 2024<br>8 p.m.")

    def test_newest_first_and_by_cursor_to_the_end_and_back(self):
        ids = [upload.id for upload in self.record_many(60)]

        first = self.client.get(LIST, {"size": 25})
        second = self.client.get(LIST + self.links(first)["older"])
        third = self.client.get(LIST + self.links(second)["older"])
        back = self.client.get(LIST + self.links(third)["newer"])

        self.assertEqual(self.ids(first), ids[:25])
        self.assertEqual(self.ids(second), ids[25:50])
        self.assertEqual(self.ids(third), ids[50:])
        self.assertEqual(self.ids(back), ids[25:50])
        self.assertIsNone(self.links(third)["older"])

    def test_filters_by_class(self):
        bag, shirt = self.record(
            make_upload(class_name="Bag"), make_upload(class_name="Shirt")
        )

        response = self.client.get(LIST, {"class_name": "Bag"})

        self.assertEqual(self.ids(response), [bag.id])

    def test_searches_by_id_file_name_and_sha256(self):
        wanted, other = self.record(
            make_upload(file_name="Straße.PNG", sha256="a" * 64),
            make_upload(file_name="coat.png", sha256="b" * 64),
        )

        for term in (wanted.id, f" {wanted.id}", "STRASSE.png", "stras", "A" * 64):
            with self.subTest(term=term):
                response = self.client.get(LIST, {"q": term})

                self.assertEqual(self.ids(response), [wanted.id])

    def test_a_whole_name_comes_before_the_beginnings_of_others(self):
        whole, longer = self.record(
            make_upload(file_name="coat"), make_upload(file_name="coat.png")
        )

        for term, found in (("coat", whole), ("coat.", longer)):
            with self.subTest(term=term):
                response = self.client.get(LIST, {"q": term})

                self.assertEqual(self.ids(response), [found.id])

    def test_a_search_that_finds_nothing_says_so(self):
        self.record(make_upload())

        for term in (history.new_id(), "coat.png", "0a" * 32):
            with self.subTest(term=term):
                response = self.client.get(LIST, {"q": term})

                self.assertContains(response, "No uploads match here.")

    def test_a_search_goes_with_filters(self):
        bag, coat = self.record(
            make_upload(class_name="Bag"), make_upload(class_name="Coat")
        )

        response = self.client.get(LIST, {"q": "shirt.png", "class_name": "Coat"})

        self.assertEqual(self.ids(response), [coat.id])

    def test_filters_combine(self):
        wanted, *others = self.record(
            make_upload(class_name="Bag", is_sure=False, source="api"),
            make_upload(class_name="Bag", is_sure=False, source="form"),
            make_upload(class_name="Bag", is_sure=True, source="api"),
            make_upload(class_name="Coat", is_sure=False, source="api"),
        )

        response = self.client.get(
            LIST,
            {
                "class_name": "Bag",
                "is_sure": "False",
                "source": "api",
                "review": "none",
                "from": "2024-02-29",
            },
        )

        self.assertEqual(self.ids(response), [wanted.id])

    def test_jumps_to_a_day_and_goes_on_from_there(self):
        day = datetime.timedelta(1)
        newest, middle, oldest = self.record(
            *(make_upload(NOON - number * day) for number in range(3))
        )

        there = self.client.get(LIST, {"day": "2024-02-28", "size": 25})
        newer = self.client.get(LIST + self.links(there)["newer"])

        self.assertEqual(self.ids(there), [middle.id, oldest.id])
        self.assertEqual(self.ids(newer), [newest.id, middle.id, oldest.id])

    @override_settings(TIME_ZONE="America/New_York")
    def test_filters_by_a_day_of_the_site(self):
        utc = datetime.UTC
        evening = make_upload(datetime.datetime(2024, 3, 11, 3, 59, 59, tzinfo=utc))
        morning = make_upload(datetime.datetime(2024, 3, 10, 5, tzinfo=utc))
        day_before = make_upload(datetime.datetime(2024, 3, 10, 4, 59, tzinfo=utc))
        day_after = make_upload(datetime.datetime(2024, 3, 11, 4, tzinfo=utc))
        self.record(evening, morning, day_before, day_after)

        # Clocks go forward that night, so this day has 23 hours.
        response = self.client.get(LIST, {"from": "2024-03-10", "to": "2024-03-10"})

        self.assertEqual(self.ids(response), [evening.id, morning.id])

    def test_an_empty_day_says_where_the_newest_is(self):
        bag, _ = self.record(make_upload(class_name="Bag"), make_upload())
        query = {"from": "2024-03-02", "class_name": "Bag"}

        response = self.client.get(LIST, query)
        there = self.client.get(LIST + response.context["cl"].newest_day_link)

        self.assertContains(response, "The newest is of Feb. 29, 2024.")
        self.assertEqual(self.ids(there), [bag.id])

    def test_filters_by_visitors_answers_and_shows_them(self):
        disputed, agreed, _ = self.record_many(3)
        suggestions.keep(disputed.id, "Coat")
        suggestions.keep(agreed.id, agreed.class_name)

        for view in ("", "grid"):
            response = self.client.get(LIST, {"is_disputed": "True", "view": view})

            self.assertEqual(self.ids(response), [disputed.id])
            self.assertContains(response, "upload-chip-disputed")
            self.assertContains(response, "Coat</span>")

    def test_a_grid_keeps_its_filters_and_goes_on_by_cursor(self):
        self.record_many(30, class_name="Bag")
        query = {"view": "grid", "size": 25, "class_name": "Bag"}

        first = self.client.get(LIST, query)
        second = self.client.get(LIST + self.links(first)["older"])

        self.assertContains(first, 'class="keyset-cards"')
        self.assertContains(second, 'class="keyset-cards"')
        self.assertEqual(len(self.ids(second)), 5)

    def test_filters_by_one_end_of_a_range(self):
        day = datetime.timedelta(1)
        new, old = self.record(make_upload(NOON), make_upload(NOON - day))

        since = self.client.get(LIST, {"from": "2024-02-29"})
        until = self.client.get(LIST, {"from": "", "to": "2024-02-28"})

        self.assertEqual(self.ids(since), [new.id])
        self.assertEqual(self.ids(until), [old.id])

    def test_wrong_addresses_are_bad_requests_with_a_sentence(self):
        for query, sentence in (
            ({"p": "forged"}, "This page&#x27;s address is damaged"),
            ({"class_name": "Hat"}, "“Hat” is not among the choices for “class”"),
            ({"from": "yesterday"}, "“yesterday” is not a day"),
            ({"to": "9999-12-31"}, "The year must be between 1970 and 2999."),
            ({"sha256": "0"}, "The list cannot be filtered by “sha256”"),
        ):
            with self.subTest(query=query):
                response = self.client.get(LIST, query)

                self.assertContains(response, sentence, status_code=400)

    def test_cursor_of_other_filters_or_too_old_is_a_bad_request(self):
        self.record_many(26)
        query = self.links(self.client.get(LIST, {"size": 25}))["older"]

        response = self.client.get(f"{LIST}{query}&class_name=Bag")
        with mock.patch.object(cursors, "MAX_AGE", datetime.timedelta(-1)):
            too_old = self.client.get(LIST + query)

        self.assertContains(response, "belongs to other filters", status_code=400)
        self.assertContains(too_old, "address is too old", status_code=400)

    def test_rare_class_says_how_far_it_looked(self):
        day = datetime.timedelta(1)
        self.record(*(make_upload(NOON - number * day) for number in range(70)))

        response = self.client.get(LIST, {"class_name": "Bag"})

        self.assertContains(response, "No uploads match here.")
        self.assertContains(response, "Looked back as far as")
        self.assertContains(response, "Look further back")

    def test_a_page_sends_as_few_statements_for_many_uploads_as_for_few(self):
        self.record_many(60)
        self.client.get(LIST)

        with statements_sent() as sent:
            self.client.get(LIST, {"size": 25})

        reads = [statement for statement in sent if " FROM upload " in statement]
        self.assertEqual(len(reads), 1)

    def test_no_page_sends_a_statement_without_bounds(self):
        upload, *_ = self.record_many(30, is_sure=False)
        page = page_of(upload)

        with statements_sent() as sent:
            for address in (
                LIST,
                f"{LIST}?class_name=Bag&is_sure=False",
                f"{LIST}?q=shirt.png&is_sure=False",
                f"{LIST}?q={upload.sha256}",
                f"{LIST}?q={upload.id}",
                f"{LIST}?day=2024-02-29",
                page,
                page.replace("change", "delete"),
                reverse("admin:index"),
            ):
                self.assertEqual(self.client.get(address).status_code, 200, address)

        for statement in set(sent):
            with self.subTest(statement):
                self.assertRegex(statement, BOUNDED)
                self.assertNotRegex(statement, "ALLOW FILTERING|COUNT|OFFSET")


@tag("cassandra")
class UploadsAwayTests(SignedInTestCase):
    """The node goes away while somebody is at work, and comes back."""

    def setUp(self):
        super().setUp()
        [self.upload] = self.record(make_upload())
        self.proxy = Proxy(real_port())
        self.addCleanup(self.proxy.close)
        self.enterContext(cassandra_at(self.proxy.port))
        self.assertContains(self.client.get(LIST), self.upload.file_name)
        self.proxy.cut()

    def test_every_page_names_the_service_and_stays_in_the_admin(self):
        page = page_of(self.upload)
        for address in (
            LIST,
            f"{LIST}?class_name=Bag",
            f"{LIST}?q=shirt.png",
            f"{LIST}export.csv",
            page,
            page.replace("change", "delete"),
        ):
            with self.subTest(address=address):
                response = self.client.get(address)

                self.assertContains(
                    response, "Apache Cassandra does not answer", status_code=503
                )
                self.assertTemplateUsed(response, "admin/base_site.html")

    def test_a_correction_is_refused_and_nothing_is_logged(self):
        address = page_of(self.upload).replace("change", "correct")

        response = self.client.post(address, {"class_name": "Bag", "seen": ""})

        self.assertEqual(response.status_code, 503)
        self.assertIs(LogEntry.objects.exists(), False)

    def test_the_dashboard_says_so(self):
        response = self.client.get(reverse("admin:index"))

        self.assertContains(response, "Apache Cassandra does not answer.")

    def test_the_list_works_again_when_it_is_back(self):
        self.client.get(LIST)
        self.proxy.mend()

        self.assertIs(answers_within(10), True)
        self.assertContains(self.client.get(LIST), self.upload.file_name)
