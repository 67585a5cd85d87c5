"""The rights on networks, on jobs and on own classes are those on networks."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render


class NetworkPages:
    """Pages in the frame of the admin, from the folder `templates`."""

    templates = ""

    def may_learn(self, request):
        return request.user.has_perm("learning.learn_network")

    def check_may(self, request, is_change=True):
        """Raise PermissionDenied unless the user may view, or learn, networks."""
        is_allowed = self.may_learn if is_change else self.has_view_permission
        if not is_allowed(request):
            raise PermissionDenied

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def render(self, request, template, **context):
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "can_change": request.user.has_perm("learning.change_network"),
            "can_learn": self.may_learn(request),
        }
        return render(request, f"{self.templates}/{template}.html", frame | context)


class NetworkRights(NetworkPages):
    """For models without rights of their own; no form of Django's changes them."""

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("learning.view_network")

    def has_change_permission(self, request, obj=None):
        return False
