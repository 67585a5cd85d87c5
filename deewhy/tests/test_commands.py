"""What the documents tell people to type and no other test runs: here to its end.

`test_documents` knows which command is run where.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase, tag

from .fixtures.nodes import free_port, make_var_dir

ROOT = settings.BASE_DIR
POM = """\
<project><modelVersion>4.0.0</modelVersion>
<groupId>org.one</groupId><artifactId>one</artifactId><version>1.0</version></project>
"""
JGO = """\
[environment]
name = "one"

[dependencies]
coordinates = ["org.one:one:1.0"]
"""
PATIENCE_S = 600  # on a busy machine; alone each takes seconds


class CommandTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_here(self, *command, cwd=ROOT, **environment):
        """Run a command to its end; return its output."""
        run = subprocess.run(
            [*map(str, command)],
            cwd=cwd,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run.stdout

    def python(self, *arguments, **environment):
        return self.run_here(sys.executable, *arguments, **environment)


@tag("slow")
class ClassifyingBenchmarkTests(CommandTestCase):
    def test_measures_each_way_to_an_answer(self):
        figures = json.loads(self.python("benchmarks/classifying.py", "--repeats=1"))

        self.assertGreater(figures["28x28"], 0)
        self.assertGreater(figures["TensorFlow / LiteRT"], 0)


@tag("cassandra", "slow")
class HistoryBenchmarkTests(CommandTestCase):
    def test_measures_the_operations_of_a_curator(self):
        self.python(
            *("benchmarks/history.py", "--rows=1000", "--days=10", "--repeat=1"),
            f"--json={self.folder / 'history.json'}",
            VAR_DIR=str(make_var_dir(self.addCleanup)),
            CASSANDRA_PORT=str(free_port()),
        )

        report = json.loads((self.folder / "history.json").read_text())
        self.assertGreater(report["median_ms"]["1000"]["dashboard"], 0)
        self.assertEqual(report["load"]["1000"]["rows"], 1000)


@tag("slow")
class TableTests(CommandTestCase):
    def test_hostile_files_get_a_line_each(self):
        document = self.folder / "hostile-files.md"

        self.python(
            *("-m", "tests.hostile.table", "--document", document),
            MAX_UPLOAD_PIXELS="250000",
        )

        self.assertIn("| SVG with a script | 59 | refused:", document.read_text())

    def test_figures_of_faults_replace_those_before(self):
        document = self.folder / "reliability.md"
        shutil.copy(ROOT / "docs" / "reliability.md", document)
        (self.folder / "faults.jsonl").write_text('{"fault": "a flood", "lost": 0}\n')

        self.python(
            *("-m", "tests.faults.report", "--document", document),
            VAR_DIR=str(self.folder),
        )

        text = document.read_text()
        self.assertIn("| a flood | 0 |", text)
        self.assertNotIn("SIGKILL of one of two web workers", text)
        self.assertIn("### Load", text)


@tag("slow")
class MakeTests(CommandTestCase):
    """Targets that need minutes or another machine, with arguments that do not."""

    def make(self, *arguments, **options):
        # What the targets need is there: it runs this test.
        installed = "--old-file=.venv/dev.stamp"
        return self.run_here("make", installed, *arguments, **options)

    def test_audit_reads_every_pinned_package(self):
        self.make("audit", "ARGS=--dry-run --progress-spinner=off")

    def test_faults_and_containers_are_collected(self):
        for target, name in (
            ("test-faults", "test_killed_worker"),
            ("test-containers", "test_upload_is_answered"),
        ):
            with self.subTest(target):
                self.assertIn(name, self.make(target, "ARGS=--collect-only -q"))

    def test_lock_pins_the_requirements(self):
        for name in ("", "-serve", "-node", "-train", "-dev", "-docs", "-bench"):
            (self.folder / f"requirements{name}.in").touch()
        (self.folder / ".venv").symlink_to(ROOT / ".venv")
        jar = self.folder / ".m2" / "repository" / "org" / "one" / "one" / "1.0"
        node = self.folder / "deewhy" / "cassandra_node"
        for folder in (jar, node):
            folder.mkdir(parents=True)
        (jar / "one-1.0.pom").write_text(POM)
        (jar / "one-1.0.jar").write_bytes(b"a jar")
        (node / "jgo.toml").write_text(JGO)

        self.make(
            *("--file", ROOT / "Makefile", "lock"),
            cwd=self.folder,
            HOME=str(self.folder),
        )

        self.assertTrue((self.folder / "requirements-docs.txt").exists())
        digest = hashlib.sha256(b"a jar").hexdigest()
        self.assertIn(digest, (node / "jgo.lock.toml").read_text())


class HookTests(CommandTestCase):
    def test_pre_commit_is_installed(self):
        self.run_here("git", "init", "--quiet", cwd=self.folder)
        shutil.copy(ROOT / ".pre-commit-config.yaml", self.folder)

        self.run_here(*(sys.executable, "-m", "pre_commit", "install"), cwd=self.folder)

        self.assertTrue((self.folder / ".git" / "hooks" / "pre-commit").exists())
