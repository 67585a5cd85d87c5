"""Records that wait for Cassandra: a table of the default database, and its drain."""
