"""The layer alone, on a store in memory."""

import datetime
from unittest import mock

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.templatetags.admin_list import results
from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from classifier.cassandra_admin import days

from ..fixtures.keyset_groups import GroupQuery, groups


class DayTests(SimpleTestCase):
    def test_begins_and_ends_by_the_clocks_of_the_site(self):
        for zone, day, start, end in (
            ("Pacific/Honolulu", "2024-02-29", "2024-02-29T10:00", "2024-03-01T10:00"),
            (
                "Pacific/Kiritimati",
                "2024-02-29",
                "2024-02-28T10:00",
                "2024-02-29T10:00",
            ),
            # 23 and 25 hours, west and east of Greenwich.
            ("America/New_York", "2024-03-10", "2024-03-10T05:00", "2024-03-11T04:00"),
            ("America/New_York", "2024-11-03", "2024-11-03T04:00", "2024-11-04T05:00"),
            ("Europe/Berlin", "2024-03-31", "2024-03-30T23:00", "2024-03-31T22:00"),
            ("Australia/Sydney", "2024-04-07", "2024-04-06T13:00", "2024-04-07T14:00"),
            # Midnight is left out, and comes twice.
            ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00", "2024-04-26T21:00"),
            ("America/Havana", "2024-11-03", "2024-11-03T04:00", "2024-11-04T05:00"),
        ):
            with self.subTest(zone=zone, day=day), timezone.override(zone):
                day = days.parse(day)

                self.assertEqual(days.start(day).astimezone(datetime.UTC), utc(start))
                self.assertEqual(days.end(day).astimezone(datetime.UTC), utc(end))


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


class KeysetQueryTests(SimpleTestCase):
    def test_iteration_crosses_pages(self):
        with mock.patch.multiple(GroupQuery, store=groups(7), chunk_size=3):
            keys = [group.pk for group in GroupQuery()]

        self.assertEqual(keys, [7, 6, 5, 4, 3, 2, 1])

    def test_selection_leaves_out_deleted_uploads(self):
        with mock.patch.object(GroupQuery, "store", groups(3)):
            keys = [group.pk for group in GroupQuery().filter(pk__in=["3", "9", "1"])]

        self.assertEqual(keys, [3, 1])


@override_settings(ROOT_URLCONF="classifier.tests.fixtures.keyset_groups")
class KeysetModelAdminTests(TestCase):
    LIST = "/groups/auth/group/"

    @classmethod
    def setUpTestData(cls):
        cls.root = User.objects.create_superuser("root")

    def setUp(self):
        self.client.force_login(self.root)
        self.fill(groups(60))

    def fill(self, store, **attributes):
        patch = mock.patch.multiple(GroupQuery, store=store, **attributes)
        patch.start()
        self.addCleanup(patch.stop)

    def get(self, query=""):
        return self.client.get(self.LIST + query)

    def keys(self, response):
        return [group.pk for group in response.context["cl"].result_list]

    def links(self, response):
        return response.context["cl"].page_links()

    def test_first_page_shows_the_newest(self):
        response = self.get()

        self.assertEqual(self.keys(response), list(range(60, 35, -1)))
        self.assertIsNone(self.links(response)["newer"])

    def test_rows_are_those_that_django_writes_of_every_kind_of_column(self):
        self.fill([Group(pk=2, name="even"), Group(pk=1, name="<b>")])

        changelist = self.get().context["cl"]

        self.assertEqual(
            list(changelist.rows()),
            [f"<tr>{''.join(cells)}</tr>" for cells in results(changelist)],
        )

    def test_pages_forward_and_back(self):
        second = self.get(self.links(self.get())["older"])
        first = self.get(self.links(second)["newer"])

        self.assertEqual(self.keys(second), list(range(35, 10, -1)))
        self.assertEqual(self.keys(first), list(range(60, 35, -1)))

    def test_last_page_has_no_older_one(self):
        response = self.get(self.links(self.get("?size=50"))["older"])

        self.assertEqual(self.keys(response), list(range(10, 0, -1)))
        self.assertIsNone(self.links(response)["older"])

    def test_page_size_is_kept_by_the_links(self):
        response = self.get("?size=50")

        self.assertIn("size=50", self.links(response)["older"])

    def test_jump_begins_at_the_end_of_a_day(self):
        response = self.get("?day=2026-01-09")

        self.assertEqual(self.keys(response)[0], 9)
        self.assertEqual(self.links(response)["older"], None)
        self.assertNotIn("day=", self.links(response)["newer"])

    def test_filter_keeps_the_records_of_one_value(self):
        response = self.get("?name=odd")

        self.assertEqual(self.keys(response)[:3], [59, 57, 55])

    def test_filter_links_start_again_from_the_newest(self):
        response = self.get(self.links(self.get())["older"])

        self.assertContains(response, 'href="?name=odd"')

    def test_nothing_there_is_said(self):
        self.fill([])

        self.assertContains(self.get(), "There are no groups yet.")

    def test_nothing_found_is_said(self):
        self.fill([], looked_back_to=datetime.date(2026, 1, 31))

        response = self.get("?name=odd")

        self.assertContains(response, "No groups match here.")
        self.assertContains(response, "Looked back as far as Jan. 31, 2026.")

    def test_wrong_addresses_are_bad_requests_with_a_sentence(self):
        for query, sentence in (
            ("?p=forged", "This cursor is forged."),
            ("?name=purple", "“purple” is not among the choices for “name”"),
            ("?colour=red", "The list cannot be filtered"),
            ("?id=3", "The list cannot be filtered by “id”"),
            ("?day=tomorrow", "“tomorrow” is not a day"),
            ("?size=100000", "page size is not among the choices"),
        ):
            with self.subTest(query=query):
                response = self.get(query)

                self.assertContains(response, sentence, status_code=400)

    def test_store_that_is_away_is_named(self):
        self.fill([], is_away=True)

        for address in (self.LIST, f"{self.LIST}3/change/", f"{self.LIST}3/history/"):
            with self.subTest(address=address):
                response = self.client.get(address)

                self.assertContains(
                    response, "The list does not answer", status_code=503
                )

    def test_page_of_a_record_shows_its_fields(self):
        response = self.client.get(f"{self.LIST}7/change/")

        self.assertContains(response, '<div class="readonly">odd</div>', html=True)

    def test_missing_record_leads_home_with_a_message(self):
        response = self.client.get(f"{self.LIST}99/change/")

        self.assertRedirects(response, "/groups/", fetch_redirect_response=False)
        [message] = get_messages(response.wsgi_request)
        self.assertIn("with ID “99” doesn’t exist", str(message))

    def test_log_of_a_record_is_shown(self):
        LogEntry.objects.log_actions(self.root.pk, groups(1), 2, "Renamed.")

        response = self.client.get(f"{self.LIST}1/history/")

        self.assertContains(response, "Renamed.")

    def test_deletes_the_selected_after_a_confirmation(self):
        ticked = {"action": "delete_selected", "_selected_action": ["60", "58", "99"]}

        asked = self.client.post(self.LIST, {**ticked, "index": 0})
        done = self.client.post(self.LIST, {**ticked, "post": "yes"}, follow=True)

        self.assertContains(asked, "Are you sure you want to delete the selected")
        self.assertContains(done, "Successfully deleted 2 groups.")
        self.assertEqual(self.keys(done)[:3], [59, 57, 56])
        self.assertEqual(LogEntry.objects.filter(action_flag=DELETION).count(), 2)

    def test_an_action_never_takes_more_than_the_selected(self):
        ticked = {"action": "delete_selected", "_selected_action": "60"}

        self.client.post(self.LIST, {**ticked, "select_across": 1, "post": "yes"})

        self.assertEqual(len(GroupQuery.store), 59)

    def test_deletes_one_from_its_page(self):
        self.client.post(f"{self.LIST}60/delete/", {"post": "yes"})

        self.assertEqual(self.keys(self.get())[0], 59)

    def test_permission_to_view_does_not_delete(self):
        self.client.force_login(self.staff("view_group"))

        response = self.client.post(f"{self.LIST}60/delete/", {"post": "yes"})

        self.assertEqual(response.status_code, 403)

    def test_permission_to_view_is_enough_for_list_and_page(self):
        self.client.force_login(self.staff("view_group"))

        self.assertEqual(self.get().status_code, 200)
        self.assertEqual(self.client.get(f"{self.LIST}7/change/").status_code, 200)

    def test_no_permission_is_forbidden(self):
        self.client.force_login(self.staff("view_user"))

        self.assertEqual(self.get().status_code, 403)
        self.assertEqual(self.client.get(f"{self.LIST}7/change/").status_code, 403)

    def staff(self, codename):
        user = User.objects.create_user("staff", is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename=codename))
        return user
