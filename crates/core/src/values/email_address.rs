//! E-mail addresses, as the server stores, compares and sends to them.
//!
//! Only the form that people use: no quoted local part, no comment, no address literal. Names of domains are written in
//! ASCII (IDNA), so that two spellings of one domain are one address. Whether two addresses are the same, the database
//! decides by `fold_name`: without regard to case, and canonically equal letters are equal. Letters that only look
//! alike stay different, so that an address never leads to the account of another one.

use std::fmt;

use url::Host;

use super::InvalidValue;
use super::clean_text::{composed, is_blank, trim};

/// Longest address, in bytes: what SMTP carries (RFC 5321, 4.5.3.1.3).
pub const EMAIL_MAX: usize = 254;

/// Longest part before the `@`, in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_MAX: usize = 64;

/// An e-mail address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is empty, has a control character, is too long, or has not the form of an address.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let malformed = InvalidValue::Format { format: "email", expected: "an e-mail address such as ada@example.org" };
        let text = composed(trim(text));
        if text.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if let Some(control) = text.chars().find(|c| c.is_control()) {
            return Err(InvalidValue::ControlCharacter(u32::from(control)));
        }
        let found = text.len();
        if found > EMAIL_MAX {
            return Err(InvalidValue::TooLong { max: EMAIL_MAX, found });
        }
        let Some((local, domain)) = text.rsplit_once('@') else { return Err(malformed) };
        let Some(domain) = ascii_domain(domain) else { return Err(malformed) };
        if !is_local_part(local) || local.len() + 1 + domain.len() > EMAIL_MAX {
            return Err(malformed);
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`, in ASCII and lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

/// A dot-atom of RFC 5322 with letters of all scripts (RFC 6532): nothing that means something in a header of a mail.
fn is_local_part(local: &str) -> bool {
    let plain =
        |c: char| !is_blank(c) && !matches!(c, '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '@' | '[' | '\\' | ']');
    (1..=LOCAL_MAX).contains(&local.len()) && local.chars().all(plain) && local.split('.').all(|part| !part.is_empty())
}

fn ascii_domain(domain: &str) -> Option<String> {
    // `Host` would decode escapes.
    if domain.is_empty() || domain.contains('%') || domain.chars().any(is_blank) {
        return None;
    }
    match Host::parse(domain).ok()? {
        Host::Domain(name) if name.split('.').all(|label| !label.is_empty()) => Some(name),
        _ => None,
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Not the address: debug output ends in logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, InvalidValue> {
        EmailAddress::parse(text).map(String::from)
    }

    #[test]
    fn addresses_of_people_are_taken() {
        for (written, kept) in [
            (" ada@example.org\n", "ada@example.org"),
            ("Ada.Lovelace+work@Example.ORG", "Ada.Lovelace+work@example.org"),
            ("root@localhost", "root@localhost"),
            ("jo\u{308}rg@bücher.example", "jörg@xn--bcher-kva.example"),
            ("o'neil@example.org", "o'neil@example.org"),
        ] {
            assert_eq!(parsed(written).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn nothing_that_would_be_more_than_one_address_or_header_is_taken() {
        for bad in [
            "ada",
            "@example.org",
            "ada@",
            "ada@@example.org",
            "ada@b@example.org",
            "a b@example.org",
            "ada@exa mple.org",
            "ada@example.org, eve@example.org",
            "ada@example.org;eve@example.org",
            "<ada@example.org>",
            "Ada <ada@example.org>",
            "\"ada\"@example.org",
            "ada(comment)@example.org",
            "ada@[192.0.2.1]",
            "ada@192.0.2.1",
            "ada@example..org",
            ".ada@example.org",
            "ada.@example.org",
            "a..b@example.org",
            "ada@%65xample.org",
            "ada\u{200b}x@example.org",
            "ada@example.org?bcc=eve@example.org",
            "ada@example.org%0aBcc: eve@example.org",
        ] {
            assert!(parsed(bad).is_err(), "{bad:?}");
        }
        for control in ["ada@example.org\r\nBcc: eve@example.org", "ada\0@example.org", "a\nda@example.org"] {
            assert!(matches!(parsed(control), Err(InvalidValue::ControlCharacter(_))), "{control:?}");
        }
        assert!(matches!(parsed(&format!("{}@example.org", "x".repeat(243))), Err(InvalidValue::TooLong { .. })));
        assert!(parsed(&format!("{}@example.org", "x".repeat(65))).is_err());
        assert_eq!(parsed(" "), Err(InvalidValue::Empty));
    }

    #[test]
    fn debug_output_does_not_show_it() {
        assert_eq!(format!("{:?}", EmailAddress::parse("ada@example.org").unwrap()), "EmailAddress(***)");
    }
}
