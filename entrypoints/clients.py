"""Who is at the other end of a connection, as rate limits count them."""

import ipaddress


def client_key(address: str | None) -> str:
    """An IPv4 address as it is, an IPv6 address by its /64, which one household or server owns as a whole."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
    return str(ip)
