"""The role and the password of the local nodes.

This is outside `cassandra_node`, whose dependencies are not installed when
`CASSANDRA_HOSTS` names a cluster.
"""

from ipaddress import ip_address

from ..private_files import kept_secret

LOCAL_ROLE = "deewhy"


def password_of(folder):
    """Return the password of the nodes in a folder; the first call makes it."""
    return kept_secret(folder / "password")


def local_password(var_dir, hosts):
    """Return the password for the nodes in `var_dir`; "" for other hosts.

    Hosts on this machine may be these very nodes, shared with another process. They are
    offered the password if there is one.
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
