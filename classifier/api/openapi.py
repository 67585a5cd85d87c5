"""The OpenAPI 3.1 document: django-ninja's, completed."""

from django.utils.translation import override
from ninja import NinjaAPI

from .problems import KINDS, MEDIA_TYPE
from .samples import in_languages
from .schemas import Problem

BINARY = {"type": "string", "format": "binary"}
PICTURES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "array", "minItems": 1, "items": BINARY}
                },
                "required": ["file"],
            }
        },
        "application/octet-stream": {"schema": BINARY},
        "image/*": {"schema": BINARY},
    },
}

# Every call can end in these.
COMMON = ("token-needed", "too-many-calls", "database-unavailable")


def documented(*problems, sample, is_open=False, **members):
    """Return the parts of an operation's document that its code cannot tell.

    Args:
        problems: names from `KINDS` that the operation can end in.
        sample: a call from a shell.
        is_open: whether the operation works without a token.
        members: further members of the Operation Object.
    """
    return {
        "x-problems": problems,
        "x-open": is_open,
        "x-codeSamples": in_languages(sample),
        **members,
    }


class DocumentedAPI(NinjaAPI):
    """An API whose document names its problems and is valid in every parameter."""

    def get_openapi_operation_id(self, operation):
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs):
        document = super().get_openapi_schema(**kwargs)
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"]["Problem"] = schema
        for methods in document["paths"].values():
            methods.pop("head", None)  # as GET, without a body
            for operation in methods.values():
                _complete(operation)
        return document


def _complete(operation):
    names = [*COMMON, *operation.pop("x-problems")]
    if operation.pop("x-open"):
        operation["security"].append({})
    for name in sorted(names, key=lambda name: KINDS[name].status):
        _add_problem(operation["responses"], name)
    for parameter in operation["parameters"]:
        _mend(parameter)


def _add_problem(responses, name):
    """Add a problem with an example to the responses of its status."""
    kind = KINDS[name]
    response = responses.setdefault(
        kind.status,
        {
            "description": "",
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {},
                }
            },
        },
    )
    with override("en"):
        example = {
            "type": f"/api/v1/docs#{name}",
            "title": str(kind.title),
            "status": kind.status,
            "detail": str(kind.advice),
        }
    descriptions = [response["description"], example["title"]]
    response["description"] = "; ".join(filter(None, descriptions))
    response["content"][MEDIA_TYPE]["examples"][name] = {"value": example}


def _mend(parameter):
    """Remove members that are invalid or meaningless in a path, query or header."""
    parameter.pop("examples", None)  # a list, allowed in schemas only
    choices = parameter["schema"].pop("anyOf", [])
    for choice in choices:
        if choice != {"type": "null"}:
            parameter["schema"].update(choice)
