"""The groups that `migrate` creates: viewers, and curators who correct and delete."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import router

GROUPS = {
    "Viewers": ("view_upload",),
    "Curators": ("view_upload", "change_upload", "delete_upload"),
}


def make_groups(app_config, using, **options):
    """Create the missing groups; administrators' changes stay.

    A receiver of `post_migrate`. Django creates the permissions in another receiver,
    which may run later, so this one requests them first.
    """
    if not router.allow_migrate_model(using, Group):
        return
    create_permissions(app_config, using=using, **options)
    for name, codenames in GROUPS.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:
            permissions = Permission.objects.using(using).filter(
                content_type__app_label=app_config.label, codename__in=codenames
            )
            group.permissions.set(permissions)
