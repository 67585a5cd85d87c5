"""Original file names: decoded by a guess, and safe to print."""

import contextlib
import html
import os
import re

MAX_LENGTH = 255
UNNAMED = "picture"
HALF_WIDTH = re.compile("[\uff61-\uff9f]")
# Bytes of Chinese and Japanese encodings only; in ISO 8859-1 they are controls.
NOT_LATIN = re.compile(rb"[\x81-\x9f]")
# One or two accented letters beside a plain one, as in "Größe"; no common hanzi.
LATIN_WORD = re.compile(
    rb"[A-Za-z](?![\xb0-\xd7])[\xc0-\xff]{1,2}(?![\x80-\xff])"
    rb"|(?<![\x80-\xff])(?![\xb0-\xd7][\xa1-\xfe])[\xc0-\xff]{1,2}[A-Za-z]"
)
ESCAPED = {
    "%22": '"',
    "%0D": " ",
    "%0A": " ",
}  # by browsers (WHATWG HTML, form data)


def decoded(name):
    """Return the text of a name in bytes: UTF-8, else GBK, Shift-JIS or Latin-1.

    A name is too short for statistics. Latin-1 is recognised by accented letters beside
    plain ones, Shift-JIS by bytes that simplified Chinese does not use.
    """
    for encoding in ("utf-8", *_legacy_encodings(name), "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode("latin-1")


def base_name(name):
    """Return a name without folders and browsers' escapes, never empty."""
    for escaped, character in ESCAPED.items():
        name = name.replace(escaped, character)
    parts = re.split(r"[/\\]", html.unescape(name))
    named = (printable(each) for each in reversed(parts) if each)
    return next((each for each in named if each.strip(" .")), UNNAMED)


def printable(name):
    """Return a name without invisible and bidirectional characters, shortened."""
    stem, suffix = os.path.splitext("".join(filter(str.isprintable, name)))
    return stem[: max(1, MAX_LENGTH - len(suffix))] + suffix[: MAX_LENGTH - 1]


def one_line(path):
    """Return a path as one line for any terminal, whatever its bytes."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in path
    )


def _legacy_encodings(name):
    if NOT_LATIN.search(name):
        is_narrow = HALF_WIDTH.search(name.decode("shift_jis", "ignore"))
        return ("gb18030", "shift_jis") if is_narrow else ("shift_jis", "gb18030")
    if LATIN_WORD.search(name):
        return ()
    narrow = HALF_WIDTH.findall(name.decode("shift_jis", "ignore"))
    return ("gb2312", "gb18030", *(["shift_jis"] if len(narrow) > 1 else []))
