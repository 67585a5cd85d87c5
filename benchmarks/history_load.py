"""Fill the history with uploads of true size, fast enough for ten million of them.

The rows are those that `history.record` writes, as files for a node that is stopped:
sent to a node that runs, they would take hours. What is loaded already is left alone.
"""

import datetime
import hashlib
import random
import struct
from collections import Counter
from functools import cache

import numpy as np

from benchmarks.sstables import framed, install, token
from classifier import timeuuid
from classifier.history import counts, days, lookups, records
from classifier.labels import CLASS_NAMES
from classifier.models import Upload
from deewhy.cassandra import session

PART = 1_000_000  # rows of an SSTable, which is the step of an interrupted load
VARIANTS = 1000
FILE_NAMES = 10_000  # telephones count as far as this
SHARD = 0
SCATTER = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: neighbours end far apart
FIRST_DAY = datetime.date(2025, 1, 1)
DATE_ZERO = 1 << 31  # CQL's date of 1970
LEAVE_ALONE = """\
ALTER TABLE {} WITH compaction = {{
    'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}}"""
TICKS_PER_DAY = 86400 * timeuuid.TICKS_PER_SECOND


class Uploads:
    """Uploads spread evenly over days; each follows from its number."""

    def __init__(self, rows, span_days):
        self.rows = rows
        self.days = [FIRST_DAY + datetime.timedelta(n) for n in range(span_days)]
        self.step = span_days * TICKS_PER_DAY // rows  # ticks between two
        self.first = timeuuid.order(timeuuid.start_of(FIRST_DAY)) >> 64

    def id(self, number):
        rest = number * SCATTER & (1 << 62) - 1 | timeuuid.MULTICAST
        return timeuuid.at_order(self.first + number * self.step << 64 | rest)

    def day(self, number):
        return self.days[number * self.step // TICKS_PER_DAY]

    def variants_of(self, day):
        """Return how often each variant came on a day."""
        start = (day - FIRST_DAY).days * TICKS_PER_DAY
        first, end = -(-start // self.step), -(-(start + TICKS_PER_DAY) // self.step)
        return Counter(n % VARIANTS for n in range(first, min(end, self.rows)))

    def file_name(self, number):
        return f"IMG_{number % FILE_NAMES:04}.jpeg"

    def sha256(self, number):
        """Return a digest; every hundredth picture was sent twice."""
        picture = number - 1 if number % 100 == 1 else number
        return hashlib.sha256(str(picture).encode()).hexdigest()

    def variants(self):
        """Return the first uploads; all others are like one of them."""
        return [*map(self.variant, range(min(VARIANTS, self.rows)))]

    def variant(self, number):
        chance = random.Random(number)
        probability = 0.5 + chance.random() / 2
        id, day = self.id(number), self.day(number)
        return Upload(
            day=day,
            shard=SHARD,
            id=id,
            file_name=self.file_name(number),
            stored_name=stored_name(day, id),
            media_type="image/jpeg",
            width=3024,
            height=4032,
            size_bytes=chance.randrange(10**6, 5 * 10**6),
            sha256=self.sha256(number),
            source="form",
            class_name=chance.choice(CLASS_NAMES),
            probability=probability,
            is_sure=probability > 0.55,
            class_names=list(CLASS_NAMES),
            probabilities=[chance.random() for _ in CLASS_NAMES],
            network_version="2026-11-23-a1b2c3",
            preprocessing_version="1",
            latency_ms=chance.uniform(0.5, 3),
        )


class UploadTable:
    """The rows of `upload`: a variant's rows, with their own values put in."""

    name = "upload"
    insert = records.INSERT

    def __init__(self, uploads):
        self.uploads = uploads
        statement = session.prepare(self.insert)
        columns = [column.name for column in statement.column_metadata]
        self.width = len(columns)
        differs = ("day", "id", "file_name", "stored_name", "sha256", "[timestamp]")
        self.places = [columns.index(name) for name in differs]
        self.variants = [
            [*map(framed, statement.bind(records.insert_values(upload)).values)]
            for upload in uploads.variants()
        ]

    def token(self, number):
        return token_of_day(self.uploads.day(number))

    def row(self, number):
        uploads = self.uploads
        id, day = uploads.id(number), uploads.day(number)
        values = self.variants[number % VARIANTS].copy()
        for place, value in zip(
            self.places,
            (
                date(day),
                id.bytes,
                uploads.file_name(number).encode(),
                stored_name(day, id).encode(),
                uploads.sha256(number).encode(),
                struct.pack(">q", timeuuid.microseconds(id)),
            ),
            strict=True,
        ):
            values[place] = framed(value)
        return b"".join(values)


class LookupTable:
    """The rows of the table that finds uploads by one column."""

    width = 5

    def __init__(self, uploads, column):
        self.uploads = uploads
        self.column = column
        self.name = f"upload_by_{column}"
        self.insert = lookups.INSERT.format(column)
        self.value = getattr(uploads, column)

    def key(self, number):
        value = lookups.key(self.column, self.value(number))
        return value.encode(), struct.pack(">i", self.uploads.day(number).year)

    def token(self, number):
        return token(*self.key(number))

    def row(self, number):
        id = self.uploads.id(number)
        more = struct.pack(">i", SHARD), struct.pack(">q", timeuuid.microseconds(id))
        return b"".join(map(framed, (*self.key(number), id.bytes, *more)))


def stored_name(day, id):
    return f"{in_path(day)}/{id}.jpeg"


@cache
def in_path(day):
    return f"{day:%Y/%m/%d}"


@cache
def date(day):
    """Return a day as CQL's date."""
    return struct.pack(">I", DATE_ZERO + (day - datetime.date(1970, 1, 1)).days)


@cache
def token_of_day(day):
    return token(date(day), struct.pack(">i", SHARD))


class Load:
    """One number of uploads on its way into a keyspace.

    Made and begun while the node runs, written and installed while it does not. The
    SSTables share no partition but at their ends, as after a compaction, so that there
    is nothing to compact while it is measured.
    """

    def __init__(self, uploads, keyspace, folder):
        self.uploads = uploads
        self.keyspace = keyspace
        self.folder = folder / keyspace
        self.tables = [
            UploadTable(uploads),
            LookupTable(uploads, "sha256"),
            LookupTable(uploads, "file_name"),
        ]
        self.schemas = {table.name: schema_of(table.name) for table in self.tables}
        for table in self.tables:
            session.execute(LEAVE_ALONE.format(table.name))

    def write(self, writer, say):
        """Write the SSTables that are not there yet; return how many rows those are.

        A row is one of each table.
        """
        written = 0
        for table in self.tables:
            numbers = None
            for start in range(0, self.uploads.rows, PART):
                part = self.part(table, start)
                if part.exists():
                    continue
                if numbers is None:
                    numbers = self.in_token_order(table)
                say(f"{self.keyspace}.{table.name}: rows from {start}")
                writer.write(
                    part,
                    self.schemas[table.name],
                    table.insert.replace("INTO ", f"INTO {self.keyspace}.", 1),
                    table.width,
                    map(table.row, numbers[start : start + PART].tolist()),
                )
                written += len(numbers[start : start + PART])
        return written // len(self.tables)

    def install(self, data):
        """Give the node its SSTables; an empty folder stays in place of each."""
        for table in self.tables:
            [table_folder] = (data / self.keyspace).glob(f"{table.name}-*")
            for start in range(0, self.uploads.rows, PART):
                install(self.part(table, start), table_folder, start // PART + 1)

    def part(self, table, start):
        return self.folder / table.name / str(start)

    def in_token_order(self, table):
        rows = self.uploads.rows
        tokens = np.fromiter(map(table.token, range(rows)), np.int64, rows)
        return np.argsort(tokens, kind="stable")

    def begin(self):
        """Write the small tables, days and counts, in the ordinary way."""
        done = self.folder / "begun"
        if done.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        session.execute("TRUNCATE upload_count")
        each = [counts.of(upload) for upload in self.uploads.variants()]
        for day in self.uploads.days:
            days.ensure(day)
            total = Counter()
            for variant, times in self.uploads.variants_of(day).items():
                total.update({name: n * times for name, n in each[variant].items()})
            counts.add(day, total)
        done.touch()


def schema_of(table):
    """Return the statements that make a table and its indexes, as Cassandra says."""
    described = session.connect().execute(f"DESCRIBE TABLE {table}")
    return [
        statement.strip()
        for row in described
        for statement in row["create_statement"].split(";")
        if statement.strip()
    ]
