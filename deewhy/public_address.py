"""Where people reach the service, and how each request is led there.

Links, redirects and cookies follow from `PUBLIC_URL`, whatever name and path a proxy
asks by.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port

PROBES = ("/healthz", "/readyz")
# The first parts of our own paths: one of them as a sub-path could be either.
OWN = {"admin", "api", "language", "receipts", "static", "upload", "uploads"}


def parse(text):
    """Return the addresses in a text, parted by commas; all of one scheme and path.

    Raises:
        ImproperlyConfigured: one is no address, or they cannot be served together.
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
    except ValueError:  # of the port
        return False
    extra = url.query or url.fragment or url.username is not None
    return (
        is_whole and not extra and url.path.partition("/")[2].split("/")[0] not in OWN
    )


def host_of(url):
    """Return an address's host as `ALLOWED_HOSTS` names it."""
    return f"[{url.hostname}]" if ":" in url.hostname else url.hostname


def origin_of(url):
    """Return an address without its path, as browsers name it in `Origin`."""
    return f"{url.scheme}://{url.netloc}"


def absolute(path):
    """Return a link for who has sent no request; a path where nothing is public."""
    if not settings.PUBLIC_URL_IS_SET:
        return path
    prefix = settings.FORCE_SCRIPT_NAME or ""
    if not path.startswith(f"{prefix}/"):  # this thread has answered no request yet
        path = prefix + path
    return origin_of(settings.PUBLIC_URLS[0]) + path


class PublicAddressMiddleware:
    """Give each request the public name and path, before anything looks at them.

    A proxy may pass on the sub-path or take it off. One that does not pass on `Host`
    asks by a name of this machine. Probes ask by any name, or none.
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
        """Return the public host that is meant, or an unknown one as it is."""
        name, _port = split_domain_port(host)
        for url in settings.PUBLIC_URLS:
            if name == host_of(url):
                return url.netloc
        is_local = name in settings.LOCAL_HOSTS or not host
        return settings.PUBLIC_URLS[0].netloc if is_local else host
