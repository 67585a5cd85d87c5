"""Removes the queue's own page from the admin, as a job's page says more."""

from django.contrib import admin
from django_tasks_db.models import DBTaskResult

admin.site.unregister(DBTaskResult)
