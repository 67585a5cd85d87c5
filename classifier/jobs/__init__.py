"""Jobs: long work asked for in the admin, one at a time, in a process of its own.

The queue is that of `django-tasks` in the default database; `Job` adds progress,
log, outcome and a stop.
"""
