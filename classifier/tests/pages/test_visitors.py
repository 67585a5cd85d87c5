"""The right of a browser to see and delete its own uploads, without an account."""

from datetime import timedelta
from unittest import mock

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings, tag
from django.utils import timezone

from classifier import history, timeuuid, uploads, visitors
from classifier.history import owners
from classifier.spool import draining
from deewhy.cassandra import session

from ..fixtures.pictures import make_picture
from ..fixtures.uploads import id_at
from ..spool.test_away import AwayTestCase, cassandra_away

MANY = 20  # as many as one form takes


@tag("cassandra")
class VisitorTests(AwayTestCase):
    def send_many(self, client=None, number=MANY):
        """Send as many pictures as a form takes; return their ids, newest first."""
        files = [
            SimpleUploadedFile(f"{n}.png", make_picture((28, 28), (n, n, n)))
            for n in range(number)
        ]
        before = {upload.id for upload in self.uploads()}
        (client or self.client).post("/upload", {"file": files})
        return [one.id for one in self.uploads() if one.id not in before]

    def own(self, client=None):
        page = (client or self.client).get("/upload")
        return [upload.id for upload in page.context["own_uploads"]]

    def delete(self, id, client=None):
        return (client or self.client).post(f"/uploads/{id}/delete").status_code

    @override_settings(UPLOADS_PER_MINUTE=0)
    def test_sees_and_may_delete_every_picture_of_full_forms(self):
        sent = self.send_many() + self.send_many()

        self.assertEqual(self.own(), sorted(sent, key=timeuuid.order, reverse=True))
        self.assertEqual({self.delete(id) for id in sent}, {303})
        self.assertEqual(self.own(), [])
        self.assertNothingKept()

    def test_two_tabs_at_once_lose_none(self):
        self.client.get("/upload")
        other = Client()
        other.cookies.load(self.client.cookies.output(header="", sep=";"))

        sent = self.send_many(number=1) + self.send_many(other, number=1)

        for client in (self.client, other):
            self.assertCountEqual(self.own(client), sent)
        self.assertEqual({self.delete(id) for id in sent}, {303})

    def test_the_cookie_stays_small_however_many_there_are(self):
        self.send_many(number=1)
        before = len(self.client.cookies[visitors.COOKIE].value)
        self.send_many()

        self.assertEqual(len(self.client.cookies[visitors.COOKIE].value), before)

    def test_has_them_while_cassandra_is_away_and_after(self):
        with cassandra_away():
            self.post(make_picture())
            self.post(make_picture())
            away = self.own()
        draining.look()

        self.assertEqual(len(away), 2)
        self.assertEqual(self.own(), away)
        self.assertEqual({self.delete(id) for id in away}, {303})

    def test_another_browser_has_none_of_them(self):
        [id] = self.send_many(number=1)
        stranger = Client()
        stranger.get("/upload")

        self.assertEqual(self.own(stranger), [])
        self.assertEqual(self.delete(id, stranger), 403)

    def test_the_right_lasts_until_the_seventh_day_is_over(self):
        [id] = self.send_many(number=1)
        end = timeuuid.created_at(id) + visitors.KEPT_FOR
        for moment, is_there in ((end - timedelta(seconds=1), True), (end, False)):
            with (
                self.subTest(moment=moment),
                mock.patch("django.utils.timezone.now", return_value=moment),
            ):
                signed = self.client.cookies[visitors.COOKIE].value
                self.assertEqual(self.own(), [id] if is_there else [])
                visitor = visitors.visitor_of(
                    mock.Mock(COOKIES={"own-uploads": signed})
                )
                self.assertIs(visitor.owns(id), is_there)

    def test_an_older_cookie_is_good_until_it_ends(self):
        [id] = self.send_many(Client(), number=1)
        old = signing.dumps([(id.hex, "Bag", False)], salt=visitors.SALT, compress=True)
        self.client.cookies[visitors.COOKIE] = old

        [new] = self.send_many(number=1)

        self.assertEqual(self.own(), [new, id])
        self.assertEqual(self.delete(id), 303)
        self.assertEqual(self.own(), [new])

    def test_a_deletion_by_others_takes_it_off_the_list(self):
        first, second = self.send_many(number=2)

        uploads.delete_by_id(first)

        self.assertEqual(self.own(), [second])

    def test_uploads_of_two_days_have_no_owner_in_common(self):
        visitor = visitors.Visitor("secret")
        first = id_at(timezone.now())
        second = id_at(timezone.now() - timedelta(days=1))

        self.assertNotEqual(visitor.owner_of(first), visitor.owner_of(second))
        self.assertNotIn("secret", visitor.owner_of(first))

    def test_nobody_can_tell_the_owner_after_the_right_has_ended(self):
        [id] = self.send_many(number=1)

        self.assertLessEqual(self.ttl_s(), owners.KEPT_FOR_S)
        self.assertGreater(self.ttl_s(), owners.KEPT_FOR_S - 60)
        self.assertIsNone(history.get(id).owner)

    def ttl_s(self):
        [row] = session.execute("SELECT TTL(owner) AS s FROM upload_owner")
        return row["s"]
