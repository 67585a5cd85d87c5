"""The public address of the service, and how requests are mapped to it.

Links, redirects and cookies follow from `PUBLIC_URL`, not from the name and path by
which a proxy asks.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port

PROBES = ("/healthz", "/readyz")
# The first parts of our own paths: a sub-path with such a name would be ambiguous.
OWN = {"admin", "api", "language", "receipts", "static", "upload", "uploads"}


def parse(text):
    """Return the addresses in a comma-separated text; all share scheme and path.

    Raises:
        ImproperlyConfigured: an address is invalid, or they cannot be served together.
    """
    addresses = [urlsplit(each.strip().rstrip("/")) for each in text.split(",")]
    for each in addresses:
        if not _is_address(each):
            raise ImproperlyConfigured(
                "Expected PUBLIC_URL like https://deewhy.example.com, with or without "
                f"a path of its own; got {text!r}."
            )
    if len({(each.scheme, each.path) for each in addresses}) > 1:
        raise ImproperlyConfigured(
            "Expected each address of PUBLIC_URL with the same scheme and path, as "
            f"cookies and links depend on both; got {text!r}."
        )
    return addresses


def _is_address(url):
    try:
        is_whole = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:  # the port is invalid
        return False
    extra = url.query or url.fragment or url.username is not None
    return (
        is_whole and not extra and url.path.partition("/")[2].split("/")[0] not in OWN
    )


def host_of(url):
    """Return an address's host in the form of `ALLOWED_HOSTS`."""
    return f"[{url.hostname}]" if ":" in url.hostname else url.hostname


def origin_of(url):
    """Return an address without its path, in the form of the `Origin` header."""
    return f"{url.scheme}://{url.netloc}"


def absolute(path):
    """Return a link for use outside a request; without a public address, a path."""
    if not settings.PUBLIC_URL_IS_SET:
        return path
    prefix = settings.FORCE_SCRIPT_NAME or ""
    if not path.startswith(f"{prefix}/"):  # this thread has answered no request yet
        path = prefix + path
    return origin_of(settings.PUBLIC_URLS[0]) + path


class PublicAddressMiddleware:
    """Give each request the public name and path before other code reads them.

    A proxy may pass the sub-path on or remove it. A proxy that does not pass on `Host`
    uses a local name. Health probes may use any name, or none.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if prefix := settings.FORCE_SCRIPT_NAME:
            if f"{request.path_info}/".startswith(f"{prefix}/"):
                request.path_info = request.path_info.removeprefix(prefix) or "/"
            request.path = prefix + request.path_info
        host = request.META.get("HTTP_HOST", "")
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = "localhost"
        elif settings.PUBLIC_URL_IS_SET:
            request.asked_host = host
            request.META["HTTP_HOST"] = self.public_host(host)
        return self.get_response(request)

    def public_host(self, host):
        """Return the public host that is meant, or an unknown host unchanged."""
        name, _port = split_domain_port(host)
        for url in settings.PUBLIC_URLS:
            if name == host_of(url):
                return url.netloc
        is_local = name in settings.LOCAL_HOSTS or not host
        return settings.PUBLIC_URLS[0].netloc if is_local else host
