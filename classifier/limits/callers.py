"""Identifies callers: by token, or by an address stored only as a keyed hash."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.crypto import salted_hmac

from .client_address import client_address


def caller(request):
    """Return the name of a request's sender, fit to be a key in a table."""
    if token := token_of(request):
        return f"token-{token.pk}"
    address = salted_hmac(
        "classifier.limits.callers", client_network(request), algorithm="sha256"
    )
    return f"address-{address.hexdigest()}"


def token_of(request):
    """Return the token of an API request, or None."""
    return getattr(request, "api_token", None)


def client_network(request):
    """Return the client's IPv4 address, or the /64 of a household in IPv6."""
    address = client_address(request)
    try:
        address = ip_address(address)
    except ValueError:  # a Unix socket has none
        return address
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)


def sign_in_address(request):
    """Return the address under which sign-ins are counted, None without one."""
    return client_network(request).partition("/")[0] or None
