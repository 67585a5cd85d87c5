"""Django's admin over a store that gives records newest first, a keyset page at a time.

It knows nothing of what the records are. A project gives a `KeysetQuery` for its store
and registers its model with a `KeysetModelAdmin`; lists, filters, actions, the page of
one record, permissions and the admin's log then work as they do elsewhere in the admin.
"""
