"""The API's reference for people, rendered from its document without scripts."""

import json

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja.openapi.docs import DocsBase

from . import samples
from .models import Scope
from .problems import KINDS, MEDIA_TYPE
from .schemas import EXAMPLE_HOST


class Reference(DocsBase):
    """Show the input and output of every call in the reader's language."""

    def render_page(self, request, api, **kwargs):
        document = api.get_openapi_schema()
        schemas = document["components"]["schemas"]
        host = request.build_absolute_uri(reverse("home")).removesuffix("/")
        context = {
            "description": _(document["info"]["description"]),
            "document_url": self.get_openapi_url(api, kwargs),
            "calls": [
                _call(method, path, operation, host)
                for path, methods in document["paths"].items()
                for method, operation in methods.items()
            ],
            "fields": _fields(schemas["Upload"]),
            "example": json.dumps(schemas["Upload"]["examples"][0], indent=2),
            "kinds": KINDS,
            "scopes": Scope.choices,
            "rates": {
                "address": settings.API_CALLS_PER_MINUTE,
                "token": settings.API_TOKEN_CALLS_PER_MINUTE,
            },
            "is_open": settings.API_OPEN,
        }
        return render(request, "api/reference.html", context)


def _call(method, path, operation, host):
    """Return one call in the form that the page renders."""
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": _(operation["summary"]),
        "description": _(operation["description"]),
        "needs_token": {} not in operation["security"],
        "parameters": [
            {**each, "description": _(each.get("description") or "")}
            for each in operation["parameters"]
        ],
        "samples": [
            (each["lang"], each["source"].replace(EXAMPLE_HOST, host))
            for each in operation["x-codeSamples"]
        ],
        "sample_answer": _sample_answer(operation["responses"], host),
        "answers": [_answer(*each) for each in sorted(operation["responses"].items())],
    }


def _sample_answer(responses, host):
    """Return the body of the first success that has one in JSON, or None."""
    for status, response in responses.items():
        content = response.get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if int(status) < 300 and (text := samples.answer(name)):
            return text.replace(EXAMPLE_HOST, host)
    return None


def _answer(status, response):
    examples = response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    titles = [str(KINDS[name].title) for name in examples]
    return status, "; ".join(titles) or response["description"]


def _fields(schema):
    return {
        name: _(field["description"])
        for name, field in schema["properties"].items()
        if "description" in field
    }
