"""Write the table of docs/reliability.md from the figures of a run.

Usage: python -m tests.faults.report FIGURES...
"""

import json
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN = "<!-- from `python -m tests.faults.report`; do not edit -->\n"
END = "<!-- end -->"


def table(rows):
    """Return the figures as a table in Markdown, a fault a line."""
    names = list(rows[0])
    lines = [names, ["---"] + ["---:"] * (len(names) - 1)]
    lines += [[str(row[name]) for name in names] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(paths):
    rows = [
        json.loads(line)
        for path in paths
        for line in Path(path).read_text().split("\n")
        if line
    ]
    before, _begin, rest = DOCUMENT.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}")


if __name__ == "__main__":
    main(sys.argv[1:])
