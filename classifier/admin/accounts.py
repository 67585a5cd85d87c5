"""Users and groups in Django's admin, also usable without a mouse."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, User

admin.site.unregister([Group, User])


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin):
    # Django's picker of two lists has unnamed buttons and little contrast.
    filter_horizontal = ()


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin):
    filter_horizontal = ()
