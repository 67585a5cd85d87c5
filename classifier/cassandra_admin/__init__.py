"""Django's admin over a store with keyset pages of records, newest first.

It does not know the records. A project implements a `KeysetQuery` for its store and
registers its model with a `KeysetModelAdmin`. Lists, filters, actions, the page of a
record, permissions and the admin log then work as elsewhere in the admin.
"""
