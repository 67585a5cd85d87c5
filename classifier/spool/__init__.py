"""The spool: records that wait for Cassandra in the default database, and its drain."""
