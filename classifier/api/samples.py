"""Samples of each call in three languages, made from its shell line, and its answer."""

import json
import shlex
from dataclasses import dataclass

from .schemas import EXAMPLE_UPLOAD

SHELL, PYTHON, JAVASCRIPT = "Shell", "Python", "JavaScript"
CARD = {"architecture": "…", "test_accuracy": 0.937, "threshold": 0.71}
NETWORK = {
    "version": EXAMPLE_UPLOAD["network_version"],
    "class_names": list(EXAMPLE_UPLOAD["probabilities"]),
    "class_descriptions": {},
    "card": CARD,
}
PAGE = {
    "uploads": [EXAMPLE_UPLOAD],
    "next_cursor": "eyJuIjoi…",
    "previous_cursor": None,
    "looked_back_to": None,
}
ANSWERS = {"Upload": EXAMPLE_UPLOAD, "UploadPage": PAGE, "Network": NETWORK}


@dataclass(frozen=True, slots=True)
class Call:
    """What a line with `curl` does."""

    method: str
    address: str
    token: str
    file: str
    output: str

    @classmethod
    def of(cls, shell):
        """Read the few options that our samples have."""
        words = iter(shlex.split(shell)[1:])
        options, address = {}, ""
        for word in words:
            if word.startswith("-"):
                options[word] = next(words)
            else:
                address = word
        file = options.get("-F", "").removeprefix("file=@")
        return cls(
            options.get("-X", "POST" if file else "GET"),
            address,
            options.get("-H", "").removeprefix("Authorization: "),
            file,
            options.get("-o", ""),
        )


def in_languages(shell):
    """Return the members of `x-codeSamples` for a call."""
    call = Call.of(shell)
    return [
        {"lang": SHELL, "source": shell},
        {"lang": PYTHON, "source": _python(call)},
        {"lang": JAVASCRIPT, "source": _javascript(call)},
    ]


def answer(schema):
    """Return the sample answer with a schema as text, or None."""
    example = ANSWERS.get(schema)
    return example and json.dumps(example, indent=2, ensure_ascii=False)


def _python(call):
    lines = ["import requests", ""]
    arguments = [json.dumps(call.address)]
    if call.token:
        arguments.append(f'headers={{"Authorization": "{call.token}"}}')
    send = f"answer = requests.{call.method.lower()}("
    if call.file:
        arguments.append('files={"file": picture}')
        lines.append(f'with open("{call.file}", "rb") as picture:')
        send = f"    {send}"
    lines += [f"{send}{', '.join(arguments)})", "answer.raise_for_status()"]
    if call.output:
        lines.append(f'open("{call.output}", "wb").write(answer.content)')
    elif call.method != "DELETE":
        lines.append("print(answer.json())")
    return "\n".join(lines)


def _javascript(call):
    options, lines = [], []
    if call.method != "GET":
        options.append(f'method: "{call.method}"')
    if call.token:
        options.append(f'headers: {{Authorization: "{call.token}"}}')
    if call.file:
        options.append("body")
        lines += [
            "const body = new FormData();",
            'body.append("file", input.files[0]); // of <input type="file">',
        ]
    more = f", {{{', '.join(options)}}}" if options else ""
    lines.append(f"const answer = await fetch({json.dumps(call.address)}{more});")
    lines.append("if (!answer.ok) throw new Error((await answer.json()).detail);")
    if call.output:
        lines.append("image.src = URL.createObjectURL(await answer.blob());")
    elif call.method != "DELETE":
        lines.append("console.log(await answer.json());")
    return "\n".join(lines)
