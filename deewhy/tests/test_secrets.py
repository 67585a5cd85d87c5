import os
import subprocess
import sys
import tempfile

from django.conf import settings
from django.test import SimpleTestCase

NOWHERE = "127.0.0.1:1"
SECRETS = {
    "ADMIN_PASSWORD": "hush-administrator",
    "CASSANDRA_PASSWORD": "hush-cassandra",
    "SECRET_KEY": "hush-key",
    "WEBHOOK_SECRET": "hush-webhook",
}


class SecretsTests(SimpleTestCase):
    def said_by(self, *command):
        """Return all that a command says where no service answers."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        process = subprocess.run(
            [sys.executable, "manage.py", *command, "--traceback"],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                **SECRETS,
                "CASSANDRA_HOSTS": "127.0.0.1",
                "CASSANDRA_PORT": "1",
                "CASSANDRA_USERNAME": "deewhy",
                "DATABASE_URL": f"postgres://deewhy:hush-database@{NOWHERE}/deewhy",
                "LOG_LEVEL": "DEBUG",
                "VAR_DIR": folder,
                "WEBHOOK_URL": f"http://{NOWHERE}/",
            },
            capture_output=True,
            text=True,
        )
        self.assertNotEqual(process.returncode, 0)
        return process.stdout + process.stderr

    def test_no_trouble_with_a_service_says_one(self):
        for command in (["doctor"], ["migrate"], ["migrate", "--database=cassandra"]):
            with self.subTest(command):
                self.assertNotIn("hush", self.said_by(*command))
