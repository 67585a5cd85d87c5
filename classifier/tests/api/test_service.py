"""The API as it is served: its document, its guide, and calls that arrive at once."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import requests
from django.conf import settings
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.parser import text_string_to_metric_families

from classifier.api.models import Scope

from ..fixtures.pictures import make_garment
from ..fixtures.service import START_S, ServiceTestCase

README = settings.BASE_DIR / "README.md"
GUIDE = settings.BASE_DIR / "docs" / "api.md"
SCOPES = [scope.value for scope in Scope]
EXAMPLES_PER_CALL = 5


def examples(language):
    """Return the blocks of code of a language in the README, then in the guide."""
    documents = README.read_text() + GUIDE.read_text()
    return re.findall(rf"```{language}\n(.*?)```", documents, re.DOTALL)


class ServiceTests(ServiceTestCase):
    def run_here(self, *command, **options):
        """Run a command to its end; return its output."""
        run = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            **options,
        )
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def run_examples(self, language, *interpreter):
        """Run a language's examples as a reader would; return the output of each."""
        environment = {**os.environ, "DEEWHY_TOKEN": self.make_token(*SCOPES)}
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "trousers.jpg").write_bytes(
                make_garment((28, 28), format="JPEG")
            )
            Path(folder, "notes.txt").write_text("no picture")
            return [
                self.run_here(
                    *interpreter,
                    code.replace("http://localhost:8987", self.url),
                    cwd=folder,
                    env=environment,
                )
                for code in examples(language)
            ]

    def test_numpy_computes_in_one_thread(self):
        environment = psutil.Process(self.process.pid).environ()

        self.assertEqual(environment["OPENBLAS_NUM_THREADS"], "1")

    def test_schemathesis_finds_no_failure(self):
        self.run_here(
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            f"{self.url}/api/v1/openapi.json",
            f"--header=Authorization:Bearer {self.make_token(*SCOPES)}",
            "--checks=all",
            f"--max-examples={EXAMPLES_PER_CALL}",
            "--request-timeout=60",
            "--seed=1",
            "--no-color",
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "SCHEMATHESIS_HOOKS": "classifier.tests.fixtures.api_contract",
            },
        )

    def test_the_process_of_jobs_is_started_again_whenever_it_has_ended(self):
        master = psutil.Process(self.process.pid)

        def worker(other_than=None):
            deadline = time.monotonic() + START_S
            while time.monotonic() < deadline:
                for each in master.children():
                    with suppress(psutil.NoSuchProcess):
                        if "jobs" in each.cmdline() and each != other_than:
                            return each
                time.sleep(0.2)
            raise AssertionError("There is no process of jobs.")

        first = worker()
        first.kill()
        second = worker(other_than=first)
        second.kill()

        self.assertNotEqual(worker(other_than=second).pid, second.pid)

    def test_no_other_user_of_the_machine_reads_stored_files(self):
        answer = requests.post(
            f"{self.url}/api/v1/classify", files={"file": make_garment()}, timeout=60
        )
        self.assertEqual(answer.status_code, 201)

        folder = self.log.parent
        kept = [*folder.glob("*.sqlite3*"), *folder.joinpath("media").rglob("*")]
        open_to_others = []
        for path in kept:
            with suppress(FileNotFoundError):  # SQLite removes its log now and then
                if path.stat().st_mode & 0o077:
                    open_to_others.append(path)
        self.assertGreater(len(kept), 5)
        self.assertEqual(open_to_others, [])

    def test_the_same_call_many_times_at_once_makes_one_upload(self):
        def classify(key):
            response = requests.post(
                f"{self.url}/api/v1/classify",
                files={"file": make_garment()},
                headers={"Idempotency-Key": key},
                timeout=60,
            )
            if response.status_code == 503:  # eight may be more than are taken at once
                time.sleep(int(response.headers["Retry-After"]))
                return classify(key)
            return response

        with ThreadPoolExecutor() as pool:
            responses = list(pool.map(classify, [str(uuid.uuid4())] * 8))

        self.assertEqual({each.status_code for each in responses}, {201})
        self.assertEqual(len({each.json()["id"] for each in responses}), 1)

    def test_tells_another_system_of_an_upload(self):
        answer = requests.post(
            f"{self.url}/api/v1/classify", files={"file": make_garment()}, timeout=60
        ).json()

        deadline = time.monotonic() + 30
        while answer["id"] not in self.told() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.told()[answer["id"]]["class_name"], answer["class_name"])

    def told(self):
        """Return the uploads that the other system was told of, by id."""
        messages = [json.loads(body)["data"] for *_, body in self.receiver.received]
        return {each["id"]: each for each in messages}

    def test_runs_the_examples_in_a_shell(self):
        first, one, body, several, twice, _, _, network = self.run_examples(
            "bash", "bash", "-euc"
        )

        for output in (first, one, body):
            self.assertIn('"class_name": "Trouser"', output)
        self.assertIn('"code": "not_a_picture"', several)
        self.assertEqual(len(set(re.findall(r'"id": "(.*?)"', twice))), 1)
        self.assertIn('"class_names"', network)

    def test_runs_the_examples_in_python(self):
        first, one, listed, deleted, _ = self.run_examples(
            "python", sys.executable, "-c"
        )

        for output in (first, one):
            self.assertRegex(output, r"\ATrouser 0\.\d+\n\Z")
        self.assertIn(f"{self.url}/uploads/", listed)
        self.assertEqual(deleted, "204\n")

    def metrics(self):
        """Return {name and labels: value} of the metrics' address."""
        text = requests.get(self.metrics_url, timeout=30).text
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def processes_that_recorded(self):
        """Return the number of processes with uploads among their metrics."""
        files = self.metrics_folder.glob("counter_*.db")
        keys = [str(list(MmapedDict.read_all_values_from_file(f))) for f in files]
        return sum("deewhy_uploads_total" in each for each in keys)

    def send(self, _number):
        files = {"file": ("a.png", make_garment())}
        call = requests.post(f"{self.url}/api/v1/classify", files=files, timeout=60)
        self.assertEqual(call.status_code, 201)

    def changes(self, before):
        """Return what the numbers of the parts of uploads have grown by."""
        after = self.metrics()
        parts = {
            name: after[("deewhy_part_seconds_count", name)]
            - before.get(("deewhy_part_seconds_count", name), 0)
            for name in ("classify", "store", "record")
        }
        totals = [
            sum(v for key, v in each.items() if key[0] == "deewhy_uploads_total")
            for each in (before, after)
        ]
        return {**parts, "uploads": totals[1] - totals[0]}

    def test_metrics_add_up_over_the_processes(self):
        before, sent = self.metrics(), 0
        with ThreadPoolExecutor(4) as callers:
            while sent < 8 or self.processes_that_recorded() < 2:
                list(callers.map(self.send, range(4)))
                sent += 4

        expected = dict.fromkeys(("classify", "store", "record", "uploads"), sent)
        deadline = time.monotonic() + 60  # an answer does not wait for its counts
        while self.changes(before) != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.changes(before), expected)

    def test_metrics_show_cassandra_spool_and_network(self):
        self.send(1)

        found = self.metrics()

        self.assertGreater(found[("deewhy_cassandra_seconds_count",)], 0)
        self.assertEqual(found[("deewhy_spool_waiting",)], 0)
        networks = [v for key, v in found.items() if key[0] == "deewhy_network"]
        self.assertEqual(networks, [1])
