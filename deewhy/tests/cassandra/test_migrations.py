import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from cassandra import InvalidRequest
from django.test import SimpleTestCase, TestCase, tag

from deewhy.cassandra import migrations, session
from deewhy.cassandra.migrations import Migration, Schema, SchemaLocked

ONE_NODE = {"strategy_class": "NetworkTopologyStrategy", "datacenter1": 1}
CREATE = "CREATE TABLE IF NOT EXISTS shoe (id int PRIMARY KEY, size int);"
INDEX = "CREATE INDEX IF NOT EXISTS shoe_size ON shoe (size) USING 'sai';"


def write_migration(folder, name, text):
    path = Path(folder, f"{name}.cql")
    path.write_text(text)
    return Migration("shop", name, path)


class MigrationTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_splits_statements_and_leaves_comments_out(self):
        text = "-- one; not two\nSELECT a;\n\n  -- more\nSELECT b\nFROM c;\n"
        migration = write_migration(self.folder, "0001_shoe", text)

        self.assertEqual(migration.statements(), ["SELECT a", "SELECT b\nFROM c"])

    def test_finds_those_of_installed_apps_in_order(self):
        found = migrations.migrations()

        self.assertEqual(str(found[0]), "classifier.0001_upload")
        self.assertEqual(found, sorted(found))


@tag("cassandra")
class SchemaTests(TestCase):
    databases = {"cassandra"}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.session = session.session()
        self.keyspace = f"schema_{uuid.uuid4().hex[:8]}"
        self.addCleanup(
            self.session.execute, f"DROP KEYSPACE IF EXISTS {self.keyspace}", timeout=60
        )

    def schema(self, *known):
        return Schema(self.session, self.keyspace, ONE_NODE, list(known))

    def migration(self, name="0001_shoe", text=CREATE):
        return write_migration(self.folder, name, text)

    def tables(self):
        return set(migrations.tables(self.session, self.keyspace))

    def test_plan_touches_nothing(self):
        first = self.migration()

        self.assertEqual(self.schema(first).plan(), [first])
        self.assertEqual(self.tables(), set())

    def test_creates_the_keyspace_with_the_replication_of_the_settings(self):
        self.schema().migrate()
        cql = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = %s"
        row = self.session.execute(cql, (self.keyspace,)).one()

        self.assertEqual(
            dict(row["replication"]),
            {
                "class": "org.apache.cassandra.locator.NetworkTopologyStrategy",
                "datacenter1": "1",
            },
        )

    def test_applies_each_once(self):
        reported = []
        first = self.migration()
        self.schema(first).migrate(reported.append)
        second = self.migration("0002_size", INDEX)
        self.schema(first, second).migrate(reported.append)
        self.schema(first, second).migrate(reported.append)

        self.assertEqual(reported, [first, second])
        self.assertEqual(self.schema(first, second).plan(), [])

    def test_one_that_failed_is_applied_again_from_its_start(self):
        broken = self.migration(text=f"{CREATE} CREATE TABLE sock (id nothing);")
        with self.assertRaises(InvalidRequest):
            self.schema(broken).migrate()
        mended = self.migration(text=f"{CREATE} {INDEX}")

        self.assertEqual(self.schema(mended).plan(), [mended])
        self.schema(mended).migrate()
        self.assertEqual(self.schema(mended).plan(), [])

    def test_an_index_on_rows_that_were_there_can_be_used_at_once(self):
        first = self.migration()
        self.schema(first).migrate()
        for id in range(200):
            self.session.execute(
                f"INSERT INTO {self.keyspace}.shoe (id, size) VALUES (%s, 43)", (id,)
            )
        self.schema(first, self.migration("0002_size", INDEX)).migrate()

        cql = f"SELECT id FROM {self.keyspace}.shoe WHERE id = 7 AND size = 43"
        self.assertEqual(self.session.execute(cql).one(), {"id": 7})

    def test_two_at_once_apply_each_once(self):
        reported = []
        first, second = self.migration(), self.migration("0002_size", INDEX)

        def migrate(_):
            self.schema(first, second).migrate(reported.append)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(migrate, range(2)))

        self.assertEqual(reported, [first, second])

    def test_waits_for_the_lock_of_another_only_so_long(self):
        self.schema().migrate()
        self.lock(ttl_s=60)

        with (
            mock.patch.object(migrations, "LOCK_WAIT_S", 0.1),
            self.assertRaisesMessage(SchemaLocked, self.keyspace),
        ):
            self.schema(self.migration()).migrate()

    def test_the_lock_of_a_killed_process_expires(self):
        self.schema().migrate()
        self.lock(ttl_s=1)
        self.schema(self.migration()).migrate()

        self.assertIn("shoe", self.tables())

    def lock(self, ttl_s):
        self.session.execute(
            f"INSERT INTO {self.keyspace}.schema_lock (name, owner) "
            "VALUES ('migrate', %s) IF NOT EXISTS USING TTL %s",
            (uuid.uuid4(), ttl_s),
        )

    def test_emptying_keeps_the_record_of_the_migrations(self):
        first = self.migration()
        self.schema(first).migrate()
        self.session.execute(f"INSERT INTO {self.keyspace}.shoe (id) VALUES (1)")
        migrations.empty(self.session, self.keyspace)

        cql = f"SELECT id FROM {self.keyspace}.shoe LIMIT 1"
        self.assertIsNone(self.session.execute(cql).one())
        self.assertEqual(self.schema(first).plan(), [])
