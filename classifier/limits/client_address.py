"""Where a request came from, when proxies of ours are in front.

A client can write anything into these headers; only what our own proxies have added at
their end is read, and only where it is an address.
"""

import re
from ipaddress import ip_address

from django.conf import settings

FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]*"|[^;,\s]*)', re.IGNORECASE)
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d*)?|([^:]*):\d*")


def client_address(request):
    """Return the address that the outermost of our own proxies saw, or the peer's.

    What is no address (`unknown`, a name) or is missing makes nobody a caller of their
    own: all such requests count as the peer, the nearest proxy.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXIES:
        return peer
    hops = forwarded(request)
    if len(hops) < settings.PROXIES:
        return peer
    return address_in(hops[-settings.PROXIES]) or peer


def forwarded(request):
    """Return who each proxy says it was asked by, the nearest proxy's word last.

    `Forwarded` (RFC 7239) counts only where nothing came in `X-Forwarded-For`.
    """
    if hops := request.headers.get("X-Forwarded-For"):
        return hops.split(",")
    elements = request.headers.get("Forwarded")
    if not elements:
        return []
    found = [FOR.search(element) for element in elements.split(",")]
    return [element[1].strip('"') if element else "" for element in found]


def address_in(text):
    """Return the address in a text that may add a port, or "" where there is none."""
    text = text.strip()
    if found := WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return ""
