import re

import yaml
from django.conf import settings
from django.test import SimpleTestCase

# What a container knows better than a person's settings.
OWN = {
    "BIND",
    "CASSANDRA_HOSTS",
    "CASSANDRA_PORT",
    "CHECKPOINTS_DIR",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "VAR_DIR",
}


class ComposeFileTests(SimpleTestCase):
    """What can be seen without a Docker engine; `tests/containers` needs one."""

    def setUp(self):
        text = (settings.BASE_DIR / "docker-compose.yml").read_text()
        self.services = yaml.safe_load(text)["services"]
        self.web = self.services["web"]

    def test_every_setting_comes_from_the_file_that_the_readme_names(self):
        self.assertEqual(self.web["env_file"], [{"path": ".env", "required": False}])
        for name, value in self.web["environment"].items():
            if name not in OWN:
                with self.subTest(name):
                    self.assertRegex(value, rf"\A\${{{name}:-.*}}\Z")

    def test_is_reached_from_this_machine_alone_unless_told_otherwise(self):
        self.assertEqual(self.web["ports"], ["${PUBLISH:-127.0.0.1}:8987:8987"])
        self.assertNotIn("ports", self.services["cassandra"])

    def test_every_service_is_limited_in_processes_and_pinned(self):
        images = [
            self.services["cassandra"]["image"],
            *self.web["build"]["args"].values(),
        ]
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertGreater(service["pids_limit"], 0)
        for image in images:
            with self.subTest(image):
                self.assertTrue(re.search(r":-\w+:\d+\.\d+", image))

    def test_what_is_learned_survives_the_container(self):
        folders = {volume.partition(":")[2] for volume in self.web["volumes"]}

        self.assertIn(self.web["environment"]["CHECKPOINTS_DIR"], folders)
