"""The layer as an application of its own: its templates and static files."""

from django.apps import AppConfig


class CassandraAdminConfig(AppConfig):
    """Carry no models."""

    name = "classifier.cassandra_admin"
    label = "cassandra_admin"
