"""Cassandra's jars: exactly the files that `jgo.lock.toml` names, fetched once."""

import fcntl
import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import requests
from jgo.env import LockFile
from jgo.maven import MavenContext
from rich.progress import track

from .errors import NodeError

LOCK = Path(__file__).with_name("jgo.lock.toml")
DOWNLOADS_AT_ONCE = 6
TIMEOUT_S = 60
TRIES = 3


def version(lock=LOCK):
    """Return the version of Cassandra that the lock names."""
    return LockFile.load(lock).dependencies[0].version


def fetch(folder, lock=LOCK, remote=None):
    """Return the path of every locked jar, downloading those that `folder` lacks.

    Raises:
        NodeError: a jar cannot be downloaded, or is not the one that was locked.
    """
    locked = {file_name(jar): jar for jar in LockFile.load(lock).dependencies}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # a run of the tests may fetch them, too
        complete(locked, folder, remote)
    return [folder / name for name in locked]


def complete(locked, folder, remote):
    present = {name for name in locked if (folder / name).exists()}
    for name in present:
        verify(folder / name, locked[name])
    if missing := [jar for name, jar in locked.items() if name not in present]:
        download(missing, folder, remote)


def file_name(jar):
    parts = [jar.artifactId, jar.version, jar.classifier]
    return "-".join(part for part in parts if part) + f".{jar.packaging}"


def verify(path, jar, remedy="Remove it and start again."):
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != jar.sha256:
        raise NodeError(
            f"{path.name} is not the file that {LOCK.name} names: expected SHA-256 "
            f"{jar.sha256[:12]}..., got {digest[:12]}... in {path}. {remedy}"
        )


def download(jars, folder, remote=None):
    """Download jars; each appears in `folder` whole and verified, or not at all."""
    partial = folder / ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    maven = MavenContext(
        repo_cache=partial, local_repos=[], remote_repos=remote, timeout=TIMEOUT_S
    )
    executor = ThreadPoolExecutor(DOWNLOADS_AT_ONCE)
    try:
        futures = [executor.submit(download_one, jar, folder, maven) for jar in jars]
        for future in track(
            as_completed(futures), "Fetching Cassandra", total=len(futures)
        ):
            future.result()
    finally:
        executor.shutdown(cancel_futures=True)
        shutil.rmtree(partial, ignore_errors=True)


def download_one(jar, folder, maven):
    component = maven.project(jar.groupId, jar.artifactId).at_version(jar.version)
    artifact = component.artifact(jar.classifier or "", jar.packaging)
    for tries_left in reversed(range(TRIES)):
        artifact.cached_path.unlink(missing_ok=True)
        try:
            artifact.resolve()
        except (requests.RequestException, RuntimeError) as error:
            if not tries_left:
                raise NodeError(
                    f"{file_name(jar)} cannot be downloaded ({type(error).__name__}). "
                    "Check the network and start again, what came so far is kept; or "
                    "set CASSANDRA_HOSTS to use a Cassandra that runs already."
                ) from error
        else:
            break
    verify(artifact.cached_path, jar, remedy="Nothing was kept; start again.")
    os.replace(artifact.cached_path, folder / file_name(jar))
