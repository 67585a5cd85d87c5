"""The groups that `migrate` creates: viewers, curators who correct, delete and let
networks learn, and lead curators, who also choose the network that answers."""

from functools import partial

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import router

VIEWERS = ("classifier.view_upload",)
CURATORS = (
    *VIEWERS,
    "classifier.change_upload",
    "classifier.delete_upload",
    "learning.view_network",
    "learning.learn_network",
)
GROUPS = {
    "Viewers": VIEWERS,
    "Curators": CURATORS,
    "Lead curators": (*CURATORS, "learning.change_network"),
}


def make_groups(app_config, using, **options):
    """Create the missing groups; administrators' changes stay.

    A receiver of `post_migrate`. Django creates the permissions in another receiver,
    which may run later, so this one requests them first.
    """
    if not router.allow_migrate_model(using, Group):
        return
    for label in {name.partition(".")[0] for name in CURATORS}:
        create_permissions(apps.get_app_config(label), using=using, **options)
    for name, permissions in GROUPS.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:
            group.permissions.set(map(partial(_permission, using), permissions))


def _permission(using, name):
    label, _, codename = name.partition(".")
    return Permission.objects.using(using).get(
        content_type__app_label=label, codename=codename
    )
