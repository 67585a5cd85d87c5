"""The Cassandra tables, each with the query that it answers; `cql/` creates them.

`history` reads and writes them with prepared statements. The engine's querysets are not
for request paths: they ask for 10,000 rows and ALLOW FILTERING.
"""

import datetime
import enum
import inspect
from typing import NamedTuple

from cassandra.cqlengine import columns
from cassandra.cqlengine.models import QuerySetDescriptor
from cassandra.util import Date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_cassandra_engine.models import DjangoCassandraModel, django_model_methods

from . import timeuuid
from .embeddings import StoredEmbedding


class AwareDateTime(columns.DateTime):
    """A column of aware UTC times; the engine's own returns naive ones."""

    def to_python(self, value):
        value = super().to_python(value)
        if value is not None and value.tzinfo is None:
            value = value.replace(tzinfo=datetime.UTC)
        return value


class Day(columns.Date):
    """A column of Python dates; the driver has its own type, for years beyond 9999."""

    def to_python(self, value):
        return value.date() if isinstance(value, Date) else value


class Correction(NamedTuple):
    """One correction; a class name of None restores the network's answer."""

    at: datetime.datetime
    by: str
    previous: str | None
    chosen: str | None


class Review(enum.StrEnum):
    """What a person has said of the network's answer."""

    NONE = "none"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


class Upload(DjangoCassandraModel):
    """One uploaded picture, the network's answer, and people's corrections.

    Newest first, whole or filtered through the indexes inside a partition: PRIMARY KEY
    ((day, shard), id) WITH CLUSTERING ORDER BY (id DESC).
    """

    day = Day(partition_key=True)
    shard = columns.Integer(partition_key=True)
    id = columns.TimeUUID(primary_key=True, clustering_order="DESC")

    file_name = columns.Text()
    stored_name = columns.Text()
    media_type = columns.Text()
    width = columns.Integer()
    height = columns.Integer()
    size_bytes = columns.BigInt()
    sha256 = columns.Text()
    source = columns.Text()

    class_name = columns.Text()
    probability = columns.Double()
    is_sure = columns.Boolean()
    class_names = columns.List(columns.Text())
    probabilities = columns.List(columns.Float())
    network_version = columns.Text()
    preprocessing_version = columns.Text()
    latency_ms = columns.Double()
    is_cut_short = columns.Boolean()

    suggested_class_name = columns.Text()
    is_disputed = columns.Boolean()

    is_corrected = columns.Boolean(default=False)
    is_right = columns.Boolean()
    corrected_class_name = columns.Text()
    corrected_by = columns.Text()
    corrected_at = AwareDateTime()
    earlier_reviews = columns.List(columns.Text())
    corrections = columns.List(
        columns.Tuple(AwareDateTime(), columns.Text(), columns.Text(), columns.Text())
    )

    owner: str | None = None
    """Whose it is while that is kept: no column, so that a row tells it to nobody."""

    embedding: StoredEmbedding | None = None
    """What is written with the record of a photograph; `history` reads it apart."""

    is_first_attempt = False
    """Whether its id was drawn for this very attempt: no other can have recorded it."""

    class Meta:
        get_pk_field = "id"
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __init__(self, **values):
        # The engine gives each object Django's methods, which takes longer than the
        # rest of its construction; `_mend` gives them to the class once.
        super(DjangoCassandraModel, self).__init__(**values)

    def __str__(self):
        return f"{gettext(self.class_name)} ({self.file_name})"

    @property
    def created_at(self):
        """The time of the upload, aware and in UTC."""
        return timeuuid.created_at(self.id)

    @property
    def correction_log(self):
        """Return all corrections and undos, newest first."""
        return [Correction(*change) for change in reversed(self.corrections)]

    @property
    def review(self):
        """What a person says of the network's answer, as it stands."""
        if self.corrected_class_name is None:
            return Review.NONE
        is_right = self.corrected_class_name == self.class_name
        return Review.CONFIRMED if is_right else Review.CORRECTED


LABELS = {
    "day": _("day"),
    "shard": _("shard"),
    "id": _("id"),
    "file_name": _("file name"),
    "stored_name": _("stored as"),
    "media_type": _("format"),
    "width": _("width"),
    "height": _("height"),
    "size_bytes": _("bytes"),
    "sha256": _("SHA-256"),
    "source": _("source"),
    "class_name": _("class"),
    "probability": _("probability"),
    "is_sure": _("sure"),
    "class_names": _("class names"),
    "probabilities": _("probabilities"),
    "network_version": _("network version"),
    "preprocessing_version": _("preprocessing version"),
    "latency_ms": _("milliseconds"),
    "is_cut_short": _("cut short"),
    "suggested_class_name": _("what the visitor says"),
    "is_disputed": _("visitor disagrees"),
    "is_corrected": _("reviewed"),
    "is_right": _("confirmed"),
    "corrected_class_name": _("corrected class"),
    "corrected_by": _("corrected by"),
    "corrected_at": _("corrected at"),
    "earlier_reviews": _("earlier reviews"),
    "corrections": _("corrections"),
}


def _mend(model):
    """Fix the engine's flaws: keys, a shared queryset, methods per object."""
    for name, method in inspect.getmembers(django_model_methods, inspect.isfunction):
        setattr(model, name, method)
    # One queryset for the whole process would cache its first count for ever.
    model.objects = model._default_manager = QuerySetDescriptor()
    # The engine's `pk` is the partition key, which many uploads share.
    model.pk = property(lambda self: self.id)
    for name, label in LABELS.items():
        model._meta.get_field(name).verbose_name = label


_mend(Upload)
