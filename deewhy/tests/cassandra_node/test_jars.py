import functools
import hashlib
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.test import SimpleTestCase

from deewhy.cassandra_node import NodeError, jars

DEPENDENCY = """
[[dependencies]]
groupId = "org.example"
artifactId = "{name}"
version = "1.0"
packaging = "jar"
sha256 = "{sha256}"
"""


class QuietHandler(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(Path(self.path).name)
        super().do_GET()

    def log_message(self, *args):
        pass


class FetchTests(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.repository, self.jars = folder / "repository", folder / "jars"
        self.lock = folder / "jgo.lock.toml"
        self.serve(self.repository)

    def serve(self, folder):
        folder.mkdir()
        handler = functools.partial(QuietHandler, directory=folder)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.asked = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def publish(self, name, content):
        path = self.repository / "org" / "example" / name / "1.0" / f"{name}-1.0.jar"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)

    def lock_jars(self, **contents):
        self.lock.write_text(
            "".join(
                DEPENDENCY.format(name=name, sha256=hashlib.sha256(content).hexdigest())
                for name, content in contents.items()
            )
        )

    def fetch(self):
        remote = {"test": f"http://127.0.0.1:{self.server.server_port}"}
        return jars.fetch(self.jars, lock=self.lock, remote=remote)

    def names(self):
        return {path.name for path in self.jars.glob("*.jar")}

    def test_downloads_every_locked_jar(self):
        self.publish("one", b"1")
        self.publish("two", b"2")
        self.lock_jars(one=b"1", two=b"2")

        paths = self.fetch()

        self.assertEqual([path.read_bytes() for path in paths], [b"1", b"2"])

    def test_needs_no_network_once_they_are_there(self):
        self.publish("one", b"1")
        self.lock_jars(one=b"1")
        self.fetch()
        self.server.asked.clear()

        self.fetch()

        self.assertEqual(self.server.asked, [])

    def test_refuses_a_download_that_is_not_the_locked_file(self):
        self.publish("one", b"another")
        self.lock_jars(one=b"1")

        with self.assertRaisesMessage(NodeError, "one-1.0.jar is not the file"):
            self.fetch()

        self.assertEqual(self.names(), set())

    def test_refuses_a_jar_that_was_changed_since(self):
        self.publish("one", b"1")
        self.lock_jars(one=b"1")
        [path] = self.fetch()
        path.write_bytes(b"another")

        with self.assertRaisesMessage(NodeError, "Remove it and start again."):
            self.fetch()

    def test_goes_on_after_a_download_that_broke(self):
        self.publish("one", b"1")
        self.lock_jars(one=b"1", two=b"2")
        with self.assertRaisesMessage(NodeError, "two-1.0.jar cannot be downloaded"):
            self.fetch()
        self.publish("two", b"2")
        self.server.asked.clear()

        self.fetch()

        self.assertEqual(self.names(), {"one-1.0.jar", "two-1.0.jar"})
        self.assertNotIn("one-1.0.jar", self.server.asked)

    def test_leaves_nothing_half_written(self):
        self.lock_jars(one=b"1")
        with self.assertRaises(NodeError):
            self.fetch()

        self.assertEqual([path.name for path in self.jars.iterdir()], [".lock"])


class LockTests(SimpleTestCase):
    def test_names_cassandra_and_a_hash_for_each_jar(self):
        locked = jars.LockFile.load(jars.LOCK).dependencies

        self.assertEqual(jars.version(), "5.0.8")
        self.assertIs(all(len(jar.sha256) == 64 for jar in locked), True)
