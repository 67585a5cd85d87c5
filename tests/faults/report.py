"""Write the tables of docs/reliability.md from the last figures of each fault.

Usage: python -m tests.faults.report [--document FILE]
"""

import argparse
import json
import os
from pathlib import Path

PROJECT = Path(__file__).parents[2]
FIGURES = Path(os.environ.get("VAR_DIR", PROJECT / "var")) / "faults.jsonl"
DOCUMENT = PROJECT / "docs" / "reliability.md"
BEGIN = "<!-- from `python -m tests.faults.report`; do not edit -->\n"
END = "<!-- end -->"


def table(rows):
    """Return the figures as a table in Markdown, a fault a line."""
    names = list(rows[0])
    lines = [names, ["---"] + ["---:"] * (len(names) - 1)]
    lines += [[str(row[name]) for name in names] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    document = parser.parse_args().document
    rows = {}
    for line in FIGURES.read_text().splitlines():
        row = json.loads(line)
        rows[row["fault"]] = row
    load = FIGURES.with_name("load.jsonl")
    tables = [table(list(rows.values()))]
    if load.exists():
        tables.append(table([json.loads(load.read_text().splitlines()[-1])]))
    parts = document.read_text().split(BEGIN)
    for number, text in enumerate(tables, 1):
        _old, _end, after = parts[number].partition(END)
        parts[number] = f"\n{text}\n{END}{after}"
    document.write_text(BEGIN.join(parts))


if __name__ == "__main__":
    main()
