"""Which database a model lives in."""

CASSANDRA = "cassandra"


class CassandraRouter:
    """Send the engine's models to Cassandra, and no relational migrations."""

    def db_for_read(self, model, **hints):
        return CASSANDRA if is_cassandra_model(model) else None

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        return False if db == CASSANDRA else None


def is_cassandra_model(model):
    """Tell the engine's models by their columns, without importing the engine."""
    return hasattr(model, "_defined_columns")
