"""The client address of a request that came through our own proxies.

Clients can write anything into these headers. Only the entries that our proxies
appended at the end are read, and only if they are addresses.
"""

import re
from ipaddress import ip_address

from django.conf import settings

FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]*"|[^;,\s]*)', re.IGNORECASE)
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d*)?|([^:]*):\d*")


def client_address(request):
    """Return the address that our outermost proxy saw, or the peer's.

    An entry that is missing or no address (`unknown`, a name) does not identify a
    client: all such requests count as the peer, the nearest proxy.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXIES:
        return peer
    hops = forwarded(request)
    if len(hops) < settings.PROXIES:
        return peer
    return address_in(hops[-settings.PROXIES]) or peer


def forwarded(request):
    """Return the sender that each proxy names; the nearest proxy's entry comes last.

    `Forwarded` (RFC 7239) counts only without an `X-Forwarded-For`.
    """
    if hops := request.headers.get("X-Forwarded-For"):
        return hops.split(",")
    elements = request.headers.get("Forwarded")
    if not elements:
        return []
    found = [FOR.search(element) for element in elements.split(",")]
    return [element[1].strip('"') if element else "" for element in found]


def address_in(text):
    """Return the address in a text with an optional port, or "" if there is none."""
    text = text.strip()
    if found := WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return ""
