"""Who calls: a token, or an address that is kept only as a keyed hash."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.crypto import salted_hmac

from .client_address import client_address


def caller(request):
    """Return a name for whoever sent a request, fit to be a key in a table."""
    if token := token_of(request):
        return f"token-{token.pk}"
    address = salted_hmac(
        "classifier.limits.callers", client_network(request), algorithm="sha256"
    )
    return f"address-{address.hexdigest()}"


def token_of(request):
    """Return the token that the API let a request in with, or None."""
    return getattr(request, "api_token", None)


def client_network(request):
    """Return the client's address; of IPv6, the /64 that one household has."""
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
    """Return the network's address as sign-ins are counted by, None without one."""
    return client_network(request).partition("/")[0] or None
