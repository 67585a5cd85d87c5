from datetime import timedelta

from django.contrib.auth.models import Permission, User
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from classifier.api.models import LAST_USED_PRECISION, SECRET_START, Scope, Token


def issue(owner=None, **fields):
    """Return a new token and its secret."""
    owner = owner or User.objects.create_user("ada")
    return Token.objects.issue(owner=owner, name="A program", **fields)


class SecretTests(TestCase):
    def test_finds_a_token_by_its_secret(self):
        token, secret = issue()

        self.assertEqual(Token.objects.authenticate(secret), token)

    def test_keeps_no_secret(self):
        token, secret = issue()

        kept = " ".join(map(str, Token.objects.values_list().get(pk=token.pk)))
        self.assertNotIn(secret.removeprefix(SECRET_START + token.prefix), kept)

    def test_draws_43_characters_that_nobody_can_guess(self):
        _, secret = issue()

        self.assertRegex(secret, r"\Adeewhy_[0-9a-f]{8}[\w-]{43}\Z")

    def test_refuses_a_right_prefix_with_a_wrong_rest(self):
        _, secret = issue()

        self.assertIsNone(Token.objects.authenticate(secret[:-1] + "."))

    def test_refuses_an_invalid_secret(self):
        issue()

        for secret in ["", SECRET_START, "\0", "é" * 60, "x" * 10_000]:
            with self.subTest(secret=secret[:10]):
                self.assertIsNone(Token.objects.authenticate(secret))

    def test_refuses_an_expired_token(self):
        token, secret = issue(expires_at=timezone.now() + timedelta(minutes=1))
        self.assertEqual(Token.objects.authenticate(secret), token)

        Token.objects.update(expires_at=timezone.now())

        self.assertIsNone(Token.objects.authenticate(secret))

    def test_refuses_a_revoked_token(self):
        token, secret = issue()

        token.revoke()

        self.assertIsNone(Token.objects.authenticate(secret))

    def test_refuses_the_token_of_a_former_owner(self):
        token, secret = issue()

        User.objects.update(is_active=False)

        self.assertIsNone(Token.objects.authenticate(secret))

    def test_notes_its_use_to_the_minute(self):
        token, _ = issue()

        with self.assertNumQueries(1):
            token.touch()
        token.refresh_from_db()
        with self.assertNumQueries(0):
            token.touch()
        token.last_used_at -= LAST_USED_PRECISION
        with self.assertNumQueries(1):
            token.touch()


class ScopeTests(TestCase):
    def test_allows_only_its_scopes(self):
        token, _ = issue(scopes=[Scope.CLASSIFY])

        self.assertIs(token.allows(Scope.CLASSIFY), True)
        self.assertIs(token.allows(Scope.READ), False)

    def test_gives_no_list_to_others_than_staff(self):
        owner = User.objects.create_user("visitor", is_superuser=True)
        token, _ = issue(owner, scopes=[Scope.READ])

        self.assertIs(token.allows(Scope.READ), False)

    def test_opens_nothing_that_the_admin_does_not_open_to_its_owner(self):
        owner = User.objects.create_user("curator", is_staff=True)
        token, _ = issue(owner, scopes=[Scope.READ, Scope.DELETE])

        self.assertIs(token.allows(Scope.READ), False)
        self.assertIs(token.allows(Scope.DELETE), False)

    def test_gives_staff_their_permissions_in_the_admin(self):
        owner = User.objects.create_superuser("boss")
        token, _ = issue(owner, scopes=[Scope.READ, Scope.DELETE])

        self.assertIs(token.allows(Scope.READ), True)
        self.assertIs(token.allows(Scope.DELETE), True)


class AdminTests(TestCase):
    def setUp(self):
        self.boss = User.objects.create_superuser("boss")
        self.client.force_login(self.boss)

    def make(self, **fields):
        form = {"name": "Shop", "scopes": [Scope.CLASSIFY, Scope.READ], **fields}
        return self.client.post(reverse("admin:api_token_add"), form)

    def test_shows_the_secret_of_a_new_token(self):
        response = self.make()

        secret = response.context["secret"]
        self.assertContains(response, f'<code id="secret">{secret}</code>', html=True)
        self.assertEqual(Token.objects.authenticate(secret).name, "Shop")

    def test_shows_the_secret_only_once(self):
        secret = self.make().context["secret"]

        for name, arguments in [
            ("changelist", []),
            ("change", [Token.objects.get().pk]),
            ("history", [Token.objects.get().pk]),
        ]:
            with self.subTest(page=name):
                page = self.client.get(
                    reverse(f"admin:api_token_{name}", args=arguments)
                )
                self.assertContains(page, "Shop")
                self.assertNotContains(page, secret[len(SECRET_START) + 8 :])

    def test_lets_nothing_keep_the_page_with_the_secret(self):
        self.assertIn("no-store", self.make()["Cache-Control"])

    def test_makes_the_token_for_the_signed_in_user(self):
        self.make()

        self.assertEqual(Token.objects.get().owner, self.boss)
        self.assertEqual(Token.objects.get().scopes, [Scope.CLASSIFY, Scope.READ])

    def test_refuses_a_token_without_a_scope(self):
        response = self.make(scopes=[])

        self.assertFormError(
            response.context["adminform"].form, "scopes", "This field is required."
        )

    def test_changing_a_token_leaves_its_secret_and_owner(self):
        token, secret = issue(scopes=[Scope.CLASSIFY])
        address = reverse("admin:api_token_change", args=[token.pk])

        self.client.post(address, {"name": "Renamed", "scopes": [Scope.READ]})

        changed = Token.objects.authenticate(secret)
        self.assertEqual((changed.name, changed.owner), ("Renamed", token.owner))
        self.assertEqual(changed.scopes, [Scope.READ])

    def test_revokes_the_selected_tokens(self):
        token, secret = issue()

        response = self.client.post(
            reverse("admin:api_token_changelist"),
            {"action": "revoke", "_selected_action": [token.pk]},
            follow=True,
        )

        self.assertContains(response, "They no longer give access.")
        self.assertIsNone(Token.objects.authenticate(secret))

    def test_does_not_let_a_viewer_revoke(self):
        token, secret = issue()
        viewer = User.objects.create_user("viewer", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_token"))
        self.client.force_login(viewer)

        self.client.post(
            reverse("admin:api_token_changelist"),
            {"action": "revoke", "_selected_action": [token.pk]},
        )

        self.assertEqual(Token.objects.authenticate(secret), token)
