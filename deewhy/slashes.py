"""Redirects from an address with an extra slash to the one without."""

from django.http import HttpResponsePermanentRedirect
from django.urls import get_script_prefix, is_valid_path


class Redirect(HttpResponsePermanentRedirect):
    """308: the browser repeats a form or a call with its body."""

    status_code = 308


class SlashMiddleware:
    """Redirect an unknown address to the one without its last slash."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.resolver_match:
            return response
        path = f"/{request.path_info.strip('/')}"
        if path == request.path_info or not is_valid_path(path):
            return response
        query = request.META.get("QUERY_STRING")
        address = get_script_prefix() + path.removeprefix("/")
        return Redirect(f"{address}?{query}" if query else address)
