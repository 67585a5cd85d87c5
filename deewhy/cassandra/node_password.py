"""The role and the password of the nodes beside the application.

Outside `cassandra_node`, whose packages are not installed where a cluster is named.
"""

from ipaddress import ip_address

from ..private_files import kept_secret

LOCAL_ROLE = "deewhy"


def password_of(folder):
    """Return the password of the nodes in a folder, made at the first call."""
    return kept_secret(folder / "password")


def local_password(var_dir, hosts):
    """Return the password for the nodes in `var_dir`; "" where others are asked.

    Hosts that are all this machine's may be the very nodes, shared: then the password
    is offered where one was made.
    """
    folder = var_dir / "cassandra"
    if not hosts:
        return password_of(folder)
    if all(map(_is_local, hosts)) and (folder / "password").exists():
        return password_of(folder)
    return ""


def _is_local(host):
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
