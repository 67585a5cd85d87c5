"""Which database a model lives in."""

CASSANDRA = "cassandra"


class CassandraRouter:
    """Keep relational migrations out of Cassandra; its tables come from `cql/`."""

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        if db == CASSANDRA:
            return False
        return None
