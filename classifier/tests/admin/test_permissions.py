"""Who may see, correct and delete uploads in the admin."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import tag
from django.urls import reverse

from classifier import history
from classifier.groups import make_groups

from ..fixtures.uploads import make_upload
from .test_admin import LIST, SignedInTestCase, page_of


@tag("cassandra")
class UploadPermissionTests(SignedInTestCase):
    def test_migrate_makes_the_permissions(self):
        for action in ("view", "change", "delete"):
            with self.subTest(action=action):
                permission = Permission.objects.get(codename=f"{action}_upload")

                self.assertEqual(permission.content_type.app_label, "classifier")

    def test_view_permission_opens_the_list_and_the_page(self):
        [upload] = self.record(make_upload())
        self.sign_in("view_upload")

        for address in (LIST, page_of(upload)):
            with self.subTest(address=address):
                self.assertEqual(self.client.get(address).status_code, 200)

    def test_view_permission_does_not_delete(self):
        [upload] = self.record(make_upload())
        self.sign_in("view_upload")
        address = reverse("admin:classifier_upload_delete", args=[upload.id])

        self.assertEqual(self.client.post(address, {"post": 1}).status_code, 403)
        self.assertIsNotNone(history.get(upload.id))

    def test_without_it_both_are_forbidden(self):
        [upload] = self.record(make_upload())
        self.sign_in("view_user")

        for address in (LIST, page_of(upload)):
            with self.subTest(address=address):
                self.assertEqual(self.client.get(address).status_code, 403)

    def test_visitors_are_asked_to_sign_in(self):
        self.client.logout()

        self.assertRedirects(
            self.client.get(LIST), f"{reverse('admin:login')}?next={LIST}"
        )


@tag("cassandra")
class GroupTests(SignedInTestCase):
    def codenames(self, name):
        permissions = Group.objects.get(name=name).permissions
        return set(permissions.values_list("codename", flat=True))

    def test_migrate_makes_viewers_and_curators(self):
        self.assertEqual(self.codenames("Viewers"), {"view_upload"})
        self.assertEqual(
            self.codenames("Curators"),
            {
                "view_upload",
                "change_upload",
                "delete_upload",
                "view_network",
                "learn_network",
            },
        )

    def test_only_lead_curators_choose_the_network_that_answers(self):
        self.assertEqual(
            self.codenames("Lead curators") - self.codenames("Curators"),
            {"change_network"},
        )

    def test_migrate_keeps_an_administrators_changes(self):
        Group.objects.get(name="Curators").permissions.clear()

        make_groups(apps.get_app_config("classifier"), using="default")

        self.assertEqual(self.codenames("Curators"), set())
