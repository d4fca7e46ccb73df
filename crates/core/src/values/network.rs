//! Networks: what is counted as one caller.

use std::net::{IpAddr, Ipv6Addr};

/// The network of an address. A customer gets at least a whole /64 of IPv6, with any number of addresses: they count as
/// one. An address of IPv4 is a network of its own.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}
