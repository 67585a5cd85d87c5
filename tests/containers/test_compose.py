"""`docker compose up` for real: an answered upload, still there after down and up.

Needs a Docker engine with compose; `make test-containers` runs it. The image is
built first, on the host's network, so that a build behind a package mirror works.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from classifier.tests.fixtures.garments import garment

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://127.0.0.1:8987"
PROJECT = "deewhy-test"
START_TIMEOUT_S = 300
TRY_TENSORFLOW = """
try:
    import tensorflow
except ModuleNotFoundError as error:
    print(error)
"""
MAKE_TWO_CLASSES = """
import pathlib
from PIL import Image
for name, hue in (("red", 0), ("blue", 170)):
    folder = pathlib.Path("/tmp/pictures", name)
    folder.mkdir(parents=True)
    for number in range(20):
        colour = (hue, 200 - 3 * number, 120 + 4 * number)
        picture = Image.new("HSV", (300, 300), colour).convert("RGB")
        picture.save(folder / f"{number}.jpg")
"""


def run(*command):
    """Run a command in the checkout and return its output."""
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def compose(*words):
    return run("docker", "compose", "--project-name", PROJECT, *words)


def up():
    """Start both services; return the seconds until every part is there."""
    began = time.monotonic()
    compose("up", "--detach", "--no-build")
    while time.monotonic() - began < START_TIMEOUT_S:
        try:
            if requests.get(f"{SITE}/readyz", timeout=5).ok:
                return time.monotonic() - began
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(1)
    pytest.fail(f"not ready after {START_TIMEOUT_S} s\n{compose('logs', '--tail=50')}")


def upload(picture):
    """Post the form as a plain client would and return the page that answers."""
    with requests.Session() as session:
        form = session.get(f"{SITE}/upload", timeout=10)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)[1]
        return session.post(
            f"{SITE}/upload",
            data={"csrfmiddlewaretoken": token},
            files={"file": ("trouser.png", picture, "image/png")},
            headers={"Referer": f"{SITE}/upload"},
            timeout=30,
        )


def rows():
    """Return the ids that `cqlsh` in the Cassandra container reads."""
    printed = compose(
        "exec", "-T", "cassandra", "cqlsh", "-e", "SELECT id FROM deewhy.upload"
    )
    return re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", printed)


@pytest.fixture(scope="module")
def stack():
    """Build the image, start both services from nothing, remove all afterwards."""
    run("docker", "build", "--network", "host", "--tag", "deewhy", ".")
    compose("down", "--volumes")
    try:
        yield up()
    finally:
        compose("down", "--volumes")


def test_upload_is_answered_and_survives_down_and_up(stack, capsys):
    answer = upload(garment("trouser"))
    class_name = re.search(r'data-class-name="([^"]+)"', answer.text)[1]

    assert answer.status_code == 200
    assert class_name == "Trouser"
    upload_id = answer.url.rsplit("/", 1)[1]
    assert rows() == [upload_id]

    compose("down")
    again = up()

    assert rows() == [upload_id]
    assert class_name in requests.get(answer.url, timeout=10).text
    assert requests.get(f"{answer.url}/picture", timeout=10).content[:4] == b"\x89PNG"
    size_mb = int(run("docker", "image", "inspect", "-f", "{{.Size}}", "deewhy")) / 1e6
    with capsys.disabled():
        sys.stdout.write(
            f"\n{size_mb:.0f} MB, up in {stack:.0f} s, then {again:.0f} s "
        )


def test_container_is_unprivileged_and_its_root_read_only(stack):
    who = compose("exec", "-T", "web", "id", "-u").strip()
    touch = subprocess.run(
        ["docker", "compose", "-p", PROJECT, "exec", "-T", "web", "touch", "/app/x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert who == "10001"
    assert "Read-only file system" in touch.stderr


def test_learns_own_classes_without_tensorflow(stack):
    def manage(*words):
        return compose("exec", "-T", "web", "python", "manage.py", *words)

    compose("exec", "-T", "web", "python", "-c", MAKE_TWO_CLASSES)
    assert "No module named 'tensorflow'" in compose(
        "exec", "-T", "web", "python", "-c", TRY_TENSORFLOW
    )
    before = manage("networks", "list")

    manage("train", "--dataset", "/tmp/pictures")

    assert len(manage("networks", "list").splitlines()) > len(before.splitlines())


def test_services_share_the_network_named_deewhy_network(stack):
    containers = run(
        "docker", "network", "inspect", "deewhy-network", "--format",
        "{{range .Containers}}{{.Name}} {{end}}",
    )  # fmt: skip

    assert sorted(containers.split()) == [f"{PROJECT}-cassandra-1", f"{PROJECT}-web-1"]
