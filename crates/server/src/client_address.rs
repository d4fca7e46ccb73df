//! The address of the caller: that which opened the connection, or the one that trusted proxies name. Operations Z2.
//!
//! A caller can write into `X-Forwarded-For` what it likes; each proxy adds, at the end, the address that it was called
//! from. So the list is read from its end, as long as the entry was added by a trusted proxy.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use clockwork_core::config::HttpConfig;
use ipnet::IpNet;

/// The proxies whose word counts.
#[derive(Debug, Clone)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Those of `TRUSTED_PROXIES`.
    #[must_use]
    pub fn new(config: &HttpConfig) -> Self {
        Self(config.trusted_proxies.clone())
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The caller's address; `None` when the connection has none.
    #[must_use]
    pub fn caller(&self, req: &HttpRequest) -> Option<IpAddr> {
        let peer = req.peer_addr()?.ip().to_canonical();
        Some(self.behind(peer, req.headers()))
    }

    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trust(peer) {
            return peer;
        }
        let usual = self.walk(peer, &values(headers, &header::X_FORWARDED_FOR), usual_form);
        let standard = self.walk(peer, &values(headers, &header::FORWARDED), forwarded_for);
        match (usual, standard) {
            // A proxy that keeps only one of the two headers passes on what the caller wrote into the other: then
            // neither can be believed.
            (Some(usual), Some(standard)) if usual != standard => peer,
            (Some(address), _) | (None, Some(address)) => address,
            (None, None) => peer,
        }
    }

    /// The first address, from the end, that is no trusted proxy's. `None` when the header is not there.
    fn walk(&self, peer: IpAddr, entries: &[&str], address: impl Fn(&str) -> Option<&str>) -> Option<IpAddr> {
        if entries.is_empty() {
            return None;
        }
        let mut nearest = peer;
        for entry in entries.iter().rev() {
            // An entry that is no address (`unknown`, a name) hides those before it.
            let Some(hop) = address(entry).and_then(parse) else { break };
            nearest = hop;
            if !self.trust(hop) {
                break;
            }
        }
        Some(nearest)
    }

    /// Whether the connection comes from a trusted proxy.
    #[must_use]
    pub fn trust_peer(&self, req: &HttpRequest) -> bool {
        req.peer_addr().is_some_and(|peer| self.trust(peer.ip().to_canonical()))
    }

    /// Whether a trusted proxy says that it was spoken to by https.
    #[must_use]
    pub fn say_https(&self, req: &HttpRequest) -> bool {
        // The last word is that of the proxy that we know.
        self.trust_peer(req) && values(req.headers(), &header::X_FORWARDED_PROTO).last() == Some(&"https")
    }
}

/// The entries of a header, from all its lines. One that is no text says nothing.
fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    let entries = headers.get_all(name).flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    entries.map(|entry| std::str::from_utf8(entry).unwrap_or("unknown").trim()).collect()
}

/// An entry of `X-Forwarded-For` is an address and nothing else.
#[expect(clippy::unnecessary_wraps, reason = "like the other header's")]
fn usual_form(entry: &str) -> Option<&str> {
    Some(entry)
}

/// What an entry of `Forwarded` (RFC 7239) says of `for`.
fn forwarded_for(entry: &str) -> Option<&str> {
    entry.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    })
}

/// An address, with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => text,
        },
    };
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    /// The caller of a request from `peer` with these headers, behind proxies in 10.0.0.0/8 and fd00::/8.
    fn caller(peer: &str, headers: &[(HeaderName, &str)]) -> String {
        let proxies = Proxies(["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network")).to_vec());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.clone(), HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        proxies.behind(peer.parse().expect("an address"), &map).to_string()
    }

    fn usual(value: &str) -> (HeaderName, &str) {
        (header::X_FORWARDED_FOR, value)
    }

    fn standard(value: &str) -> (HeaderName, &str) {
        (header::FORWARDED, value)
    }

    #[test]
    fn a_stranger_is_not_believed() {
        for headers in [[usual("198.51.100.1")], [standard("for=198.51.100.1")]] {
            assert_eq!(caller("203.0.113.9", &headers), "203.0.113.9");
        }
    }

    #[test]
    fn the_list_is_read_from_its_end() {
        assert_eq!(caller("10.0.0.1", &[usual("198.51.100.1")]), "198.51.100.1");
        assert_eq!(caller("10.0.0.1", &[usual("198.51.100.1, 203.0.113.9")]), "203.0.113.9");
        assert_eq!(caller("10.0.0.1", &[usual("198.51.100.1, 203.0.113.9, 10.1.2.3")]), "203.0.113.9");
        assert_eq!(caller("10.0.0.1", &[usual("198.51.100.1"), usual("203.0.113.9")]), "203.0.113.9");
        assert_eq!(caller("fd00::1", &[usual("2001:db8::7")]), "2001:db8::7");
        assert_eq!(caller("10.0.0.1", &[usual("10.9.9.9, 10.1.2.3")]), "10.9.9.9");
    }

    #[test]
    fn an_entry_that_is_no_address_hides_what_was_before_it() {
        for rubbish in ["unknown", "_hidden", "", "999.1.1.1", "[::1", "localhost", "\u{e9}"] {
            assert_eq!(caller("10.0.0.1", &[usual(&format!("198.51.100.1, {rubbish}"))]), "10.0.0.1", "{rubbish}");
            assert_eq!(caller("10.0.0.1", &[usual(&format!("{rubbish}, 10.1.2.3"))]), "10.1.2.3", "{rubbish}");
        }
    }

    #[test]
    fn addresses_may_have_ports_and_several_forms() {
        for (written, meant) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(caller("10.0.0.1", &[usual(written)]), meant);
        }
    }

    #[test]
    fn the_standard_header_counts_when_the_usual_one_is_not_there() {
        for (written, meant) in [
            ("for=198.51.100.1", "198.51.100.1"),
            ("For=\"[2001:db8::7]:80\";proto=https", "2001:db8::7"),
            ("proto=https; for=198.51.100.1, for=203.0.113.9;by=10.0.0.1", "203.0.113.9"),
            ("for=198.51.100.1, proto=https", "10.0.0.1"),
        ] {
            assert_eq!(caller("10.0.0.1", &[standard(written)]), meant, "{written}");
        }
    }

    #[test]
    fn a_header_that_the_proxy_does_not_keep_cannot_be_used_to_lie() {
        let (kept, written) = (usual("198.51.100.1"), standard("for=192.0.2.55"));
        assert_eq!(caller("10.0.0.1", &[kept.clone(), written.clone()]), "10.0.0.1");
        assert_eq!(caller("10.0.0.1", &[kept, standard("for=198.51.100.1")]), "198.51.100.1");
    }
}
