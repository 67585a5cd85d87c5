"""The answers of the API, field by field, with the examples of its documents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from ninja import Field, Schema
from pydantic import ConfigDict

EXAMPLE_HOST = "https://deewhy.example"
EXAMPLE_ID = "0d6e8a20-c8b9-11f0-9c3e-a7d1f05b2e44"
EXAMPLE_UPLOAD: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "created_at": "2026-11-23T22:04:51.238144Z",
    "class_name": "Sneaker",
    "label": 7,
    "probability": 0.988214,
    "probabilities": {
        "T-shirt/top": 0.000012,
        "Trouser": 0.000003,
        "Pullover": 0.000004,
        "Dress": 0.000006,
        "Coat": 0.000002,
        "Sandal": 0.007131,
        "Shirt": 0.000021,
        "Sneaker": 0.988214,
        "Bag": 0.000118,
        "Ankle boot": 0.004489,
    },
    "sure": True,
    "network_version": "2026-11-23-fashion",
    "corrected_class_name": None,
    "file_name": "shoe.jpg",
    "media_type": "image/jpeg",
    "width": 1200,
    "height": 900,
    "cut_short": False,
    "size_bytes": 184233,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "links": {
        "self": f"{EXAMPLE_HOST}/api/v1/uploads/{EXAMPLE_ID}",
        "page": f"{EXAMPLE_HOST}/uploads/{EXAMPLE_ID}",
        "picture": f"{EXAMPLE_HOST}/uploads/{EXAMPLE_ID}/picture",
    },
}
DECIMALS = 6


class Links(Schema):
    """The addresses of an upload."""

    self: str = Field(description=_("This upload, for programs."))
    page: str = Field(description=_("This upload, for people."))
    picture: str = Field(description=_("The picture, without metadata."))


class Upload(Schema):
    """One picture with the network's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_UPLOAD]})

    id: UUID
    created_at: datetime = Field(description=_("The time of the upload, in UTC."))
    class_name: str = Field(description=_("The most probable class."))
    label: int = Field(description=_("Its index among the network's classes, from 0."))
    probability: float = Field(ge=0, le=1, description=_("Its calibrated probability."))
    probabilities: dict[str, float] = Field(
        description=_(
            "The probability of each class, by name. The remainder to 1 is “none "
            "of these”."
        )
    )
    sure: bool = Field(description=_("False if the network is not sure: ask a person."))
    network_version: str = Field(
        description=_("The version of the network that answered.")
    )
    corrected_class_name: str | None = Field(
        description=_("The right class, if a person named it.")
    )
    file_name: str = Field(description=_("The original name; empty if there was none."))
    media_type: str = Field(
        description=_("The type of the file, recognised from its bytes.")
    )
    width: int = Field(description=_("In pixels."))
    height: int = Field(description=_("In pixels."))
    cut_short: bool = Field(
        description=_(
            "True if the file was incomplete: the part that arrived was classified."
        )
    )
    size_bytes: int
    sha256: str = Field(description=_("The digest of the original file."))
    links: Links

    @classmethod
    def of(cls, upload, absolute):
        """Return the public description of an upload, rounded as it is stored.

        Args:
            upload: the record.
            absolute: turns a path into a link.
        """
        kept = np.asarray(upload.probabilities, np.float32)  # as Cassandra stores them
        probabilities = [round(float(each), DECIMALS) for each in kept]
        label = upload.class_names.index(upload.class_name)
        return cls(
            id=upload.id,
            created_at=upload.created_at,
            class_name=upload.class_name,
            label=label,
            probability=probabilities[label],
            probabilities=dict(zip(upload.class_names, probabilities, strict=True)),
            sure=upload.is_sure,
            network_version=upload.network_version,
            corrected_class_name=upload.corrected_class_name,
            file_name=upload.file_name or "",
            media_type=upload.media_type,
            width=upload.width,
            height=upload.height,
            cut_short=bool(upload.is_cut_short),
            size_bytes=upload.size_bytes,
            sha256=upload.sha256,
            links=Links(
                self=absolute(reverse("api:upload", args=[upload.id])),
                page=absolute(reverse("classifier:upload-detail", args=[upload.id])),
                picture=absolute(reverse("classifier:picture", args=[upload.id])),
            ),
        )


class Problem(Schema):
    """The failure of a call (RFC 9457)."""

    type: str = Field(description=_("The address that explains this kind of problem."))
    title: str = Field(description=_("The kind of problem."))
    status: int
    detail: str = Field(description=_("This case and the next step, for people."))
    code: str | None = Field(None, description=_("Why a picture cannot be read."))
    scope: str | None = Field(None, description=_("The scope that the token lacks."))
    errors: list[dict[str, str]] | None = Field(
        None, description=_("Each invalid parameter, with the reason.")
    )


class Outcome(Schema):
    """The outcome of one of several pictures: an upload or a problem."""

    file_name: str
    upload: Upload | None = None
    problem: Problem | None = None


class Outcomes(Schema):
    """The outcomes of several pictures, in the order of the call."""

    outcomes: list[Outcome]


class UploadPage(Schema):
    """Some uploads, newest first."""

    uploads: list[Upload]
    next_cursor: str | None = Field(
        description=_("Leads to older uploads; null at the end.")
    )
    previous_cursor: str | None = Field(description=_("Leads to newer uploads."))
    looked_back_to: date | None = Field(
        description=_(
            "The last day searched, if the page is not full and the next one continues."
        )
    )


class SimilarUpload(Schema):
    """An upload that looks like another one."""

    upload: Upload
    similarity: float = Field(
        ge=-1, le=1, description=_("The cosine between the embeddings.")
    )
    near_duplicate: bool = Field(
        description=_("True where it is likely a copy: resized, cropped, mirrored.")
    )


class SimilarUploads(Schema):
    """Uploads that look like one, the most similar first."""

    similar: list[SimilarUpload]


class Network(Schema):
    """The network that answers."""

    version: str
    class_names: list[str] = Field(description=_("In the order of the labels, from 0."))
    class_descriptions: dict[str, str] = Field(
        description=_("What own classes are, in one line, by name.")
    )
    card: dict[str, Any] = Field(
        description=_("Its training, its figures, and its threshold for “not sure”.")
    )
