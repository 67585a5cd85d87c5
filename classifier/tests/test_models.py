import datetime

from django.contrib.auth.models import User
from django.db import router
from django.test import SimpleTestCase, TestCase, tag

from classifier.models import LABELS, Correction, Upload
from deewhy.cassandra import session
from deewhy.cassandra.routers import CASSANDRA

from .fixtures.uploads import NOON, make_upload


class UploadTests(SimpleTestCase):
    def test_its_primary_key_is_the_id(self):
        upload = make_upload()

        self.assertEqual(upload.pk, upload.id)
        self.assertEqual(Upload._meta.pk.name, "id")

    def test_has_the_methods_of_a_model_from_its_class(self):
        upload = make_upload()

        self.assertEqual(upload.serializable_value("id"), upload.id)
        self.assertNotIn("serializable_value", vars(upload))

    def test_times_are_aware_and_in_utc(self):
        upload = make_upload(corrected_at=NOON.replace(tzinfo=None))

        self.assertEqual(upload.created_at, NOON)
        self.assertEqual(upload.corrected_at, NOON)

    def test_a_day_is_a_date(self):
        self.assertEqual(
            make_upload(day=datetime.date(2024, 2, 29)).day, datetime.date(2024, 2, 29)
        )

    def test_its_log_is_newest_first(self):
        changes = [(NOON, "ada", None, "Bag"), (NOON, "bob", "Bag", "Coat")]

        upload = make_upload(corrections=changes)

        self.assertEqual(
            upload.correction_log[0], Correction(NOON, "bob", "Bag", "Coat")
        )

    def test_each_use_of_the_manager_starts_anew(self):
        self.assertIsNot(Upload.objects, Upload.objects)
        self.assertIsNot(Upload._default_manager, Upload._default_manager)

    def test_every_column_has_a_label(self):
        self.assertEqual(LABELS.keys(), Upload._columns.keys())


class RouterTests(SimpleTestCase):
    def test_sends_uploads_to_cassandra_and_users_to_the_default(self):
        self.assertEqual(router.db_for_read(Upload), CASSANDRA)
        self.assertEqual(router.db_for_write(Upload), CASSANDRA)
        self.assertEqual(router.db_for_read(User), "default")

    def test_keeps_relational_migrations_out_of_cassandra(self):
        self.assertIs(router.allow_migrate(CASSANDRA, "auth"), False)
        self.assertIs(router.allow_migrate("default", "auth"), True)


@tag("cassandra")
class TableTests(TestCase):
    databases = {"cassandra"}

    def test_has_the_columns_of_the_model(self):
        rows = session.session().execute(
            "SELECT column_name, kind, type FROM system_schema.columns "
            "WHERE keyspace_name = %s AND table_name = 'upload'",
            (session.keyspace(),),
        )
        columns = {row["column_name"]: row for row in rows}

        self.assertEqual(columns.keys(), Upload._columns.keys())
        for name, column in Upload._columns.items():
            with self.subTest(name):
                type = columns[name]["type"].replace("frozen<", "").replace(">", "")
                expected = column.db_type.replace("frozen<", "").replace(">", "")
                self.assertEqual(type, expected)

    def test_is_partitioned_by_day_and_shard_and_newest_first(self):
        rows = session.session().execute(
            "SELECT column_name, kind, position, clustering_order "
            "FROM system_schema.columns "
            "WHERE keyspace_name = %s AND table_name = 'upload'",
            (session.keyspace(),),
        )
        keys = sorted(
            (row["kind"], row["position"], row["column_name"], row["clustering_order"])
            for row in rows
            if row["kind"] != "regular"
        )

        self.assertEqual(
            keys,
            [
                ("clustering", 0, "id", "desc"),
                ("partition_key", 0, "day", "none"),
                ("partition_key", 1, "shard", "none"),
            ],
        )
