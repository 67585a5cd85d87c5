"""The dashboard of the uploads on the admin's first page."""

from django import template

from ..admin.dashboard import read_dashboard

register = template.Library()


@register.inclusion_tag("admin/classifier/dashboard.html", takes_context=True)
def upload_dashboard(context):
    """Show the figures to users with the permission to view uploads."""
    user = context["request"].user
    if not user.has_perm("classifier.view_upload"):
        return {}
    can_review = user.has_perm("classifier.change_upload")
    return {"dashboard": read_dashboard(), "can_review": can_review}
