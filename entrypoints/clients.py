"""The key under which rate limits count a client."""

import ipaddress


def client_key(address: str | None) -> str:
    """An IPv4 address, or the /64 of an IPv6 address. One household or server has a whole /64."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
    return str(ip)
