"""The application: a picture in, a class out, kept in Cassandra."""
