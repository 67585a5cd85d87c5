"""What an engineer might write instead of deewhy: two small servers, in Starlette.

`plain` keeps the file unsynced and a row in SQLite; `durable` syncs the file with its
folder, and has one row acknowledged at LOCAL_QUORUM by the Cassandra that deewhy uses.
Both call deewhy's classifier. `serve.py` starts each with uvicorn.
"""

import datetime
import hashlib
import io
import os
import sqlite3
import threading
import uuid
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
django.setup()

from PIL import Image, ImageOps  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.concurrency import run_in_threadpool  # noqa: E402
from starlette.responses import JSONResponse  # noqa: E402
from starlette.routing import Route  # noqa: E402

from classifier import prediction  # noqa: E402
from deewhy.cassandra import session  # noqa: E402

FOLDER = Path(os.environ["PEER_FOLDER"])
TABLE = """\
CREATE TABLE IF NOT EXISTS peer_upload (
    id uuid PRIMARY KEY, file_name text, stored_name text, sha256 text,
    class_name text, probability double, created_at timestamp)"""
ROW = "INSERT INTO peer_upload VALUES (?, ?, ?, ?, ?, ?, ?)"
CASSANDRA_ROW = """\
INSERT INTO peer_upload
    (id, file_name, stored_name, sha256, class_name, probability, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?)"""

_local = threading.local()


def create_table():
    """Make the table of `durable` in deewhy's keyspace."""
    session.session().execute(TABLE)


def _server(keep):
    async def classify(request):
        async with request.form() as form:
            content, name = await form["file"].read(), form["file"].filename
        return JSONResponse(await run_in_threadpool(_answer, content, name, keep), 201)

    prediction.served()
    return Starlette(routes=[Route("/classify", classify, methods=["POST"])])


def _answer(content, name, keep):
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    answer = prediction.served().classify(picture)
    id, at = uuid.uuid4(), datetime.datetime.now(datetime.UTC)
    stored = f"{at:%Y-%m-%d}/{id}{Path(name).suffix}"
    digest = hashlib.sha256(content).hexdigest()
    row = (id, name, stored, digest, answer.class_name, answer.probability, at)
    keep(FOLDER / stored, content, row)
    return {
        "id": str(id),
        "sha256": digest,
        "class_name": answer.class_name,
        "probability": answer.probability,
        "probabilities": dict(
            zip(answer.class_names, answer.probabilities, strict=True)
        ),
    }


def _keep_plain(path, content, row):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    id, *rest, at = row
    with _database() as database:
        database.execute(ROW, (str(id), *rest, at.isoformat()))


def _keep_durable(path, content, row):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    session.execute(CASSANDRA_ROW, row)


def _database():
    """Return this thread's connection; its commits are not synced."""
    if not hasattr(_local, "database"):
        _local.database = sqlite3.connect(FOLDER / "peer.sqlite3", timeout=20)
        _local.database.execute("PRAGMA journal_mode=WAL")
        _local.database.execute("PRAGMA synchronous=NORMAL")
        _local.database.execute(TABLE)
    return _local.database


plain = _server(_keep_plain)
durable = _server(_keep_durable)
