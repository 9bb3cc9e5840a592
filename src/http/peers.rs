//! How many connections are open, in all and of each address: both are bounded, so that nobody can hold the door
//! shut (threats.md §2.2).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The open connections.
#[derive(Clone, Debug)]
pub struct Peers {
    open: Arc<Mutex<Open>>,
    most: usize,
    most_of_one: usize,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One open connection; closes when dropped.
#[derive(Debug)]
pub struct Admitted {
    open: Arc<Mutex<Open>>,
    address: IpAddr,
}

impl Peers {
    /// Nobody yet, and at most so many in all and of one address.
    pub fn new(most: usize, most_of_one: usize) -> Self {
        Self { open: Arc::default(), most, most_of_one }
    }

    /// Takes a connection in, unless there are too many.
    pub fn admit(&self, address: IpAddr) -> Option<Admitted> {
        let address = whole(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = open.by_address.get(&address).copied().unwrap_or(0);
        if open.all >= self.most || of_one >= self.most_of_one {
            return None;
        }
        open.all += 1;
        open.by_address.insert(address, of_one + 1);
        Some(Admitted { open: self.open.clone(), address })
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        if let Some(of_one) = open.by_address.get_mut(&self.address) {
            *of_one = of_one.saturating_sub(1);
            if *of_one == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

/// The address that one party holds: of IPv6 the whole /64, which a single machine can pick from at will.
pub fn whole(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::AddrParseError;

    use super::*;

    #[test]
    fn connections_are_bounded_in_all_and_of_each_address() -> Result<(), AddrParseError> {
        let peers = Peers::new(3, 2);
        let (a, b, c): (IpAddr, IpAddr, IpAddr) = ("10.0.0.1".parse()?, "10.0.0.2".parse()?, "10.0.0.3".parse()?);
        let held = [peers.admit(a), peers.admit(a)];
        assert!(held.iter().all(Option::is_some) && peers.admit(a).is_none());
        let other = peers.admit(b);
        assert!(other.is_some() && peers.admit(c).is_none());
        drop(held);
        assert!(peers.admit(c).is_some());
        Ok(())
    }

    #[test]
    fn a_network_of_ipv6_addresses_is_one_party() -> Result<(), AddrParseError> {
        let peers = Peers::new(9, 1);
        let held = peers.admit("2001:db8:1:2::1".parse()?);
        assert!(held.is_some() && peers.admit("2001:db8:1:2:ffff::2".parse()?).is_none());
        assert!(peers.admit("2001:db8:1:3::1".parse()?).is_some());
        Ok(())
    }
}
