//! Random secrets that clients carry: of sessions, of links that work once, of API tokens. The server keeps only their
//! SHA-256. They have 256 bits, so that no slow hash is needed, and that looking one up by its hash tells nothing.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Random bytes of a token.
const BYTES: usize = 32;

/// The beginning of an API token, by which scanners of repositories recognise one.
pub const API_TOKEN_PREFIX: &str = "cwk_";

/// Digits of base62.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// So many digits of base62 hold 256 bits.
const BODY_DIGITS: usize = 43;

/// So many hold the 32 bits of the checksum.
const CHECKSUM_DIGITS: usize = 6;

/// The text of a secret. Wiped from memory when it is dropped, and shown nowhere by itself.
#[derive(Clone)]
pub struct SecretToken(Zeroizing<String>);

/// SHA-256 of a secret: what the database knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenDigest(pub [u8; 32]);

/// Random bytes from the operating system.
#[expect(clippy::expect_used, reason = "an operating system without random numbers cannot run a server")]
pub(crate) fn random<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).expect("the operating system has random numbers");
    bytes
}

impl SecretToken {
    /// A new secret, as 43 characters that stand in a URL and a cookie as they are.
    #[must_use]
    pub fn generate() -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(random::<BYTES>().as_slice())))
    }

    /// A new API token: `cwk_`, 256 bits in base62, and a checksum.
    #[must_use]
    pub fn generate_api_token() -> Self {
        let body = base62::<BODY_DIGITS>(random::<BYTES>().as_slice());
        let checked = Zeroizing::new(format!("{API_TOKEN_PREFIX}{}", *body));
        let sum = checksum(&checked);
        Self(Zeroizing::new(format!("{}{}", *checked, *sum)))
    }

    /// The text, for the one to whom it is given.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.0)
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken(***)")
    }
}

impl TokenDigest {
    /// Of what a client has sent.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The bytes, as the database has them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Whether a text has the form and the checksum of an API token. What has not is refused without a look at the
/// database.
#[must_use]
pub fn is_api_token(text: &str) -> bool {
    let digits = text.strip_prefix(API_TOKEN_PREFIX).filter(|digits| digits.bytes().all(|b| DIGITS.contains(&b)));
    if digits.is_none_or(|digits| digits.len() != BODY_DIGITS + CHECKSUM_DIGITS) {
        return false;
    }
    let (checked, sum) = text.split_at(text.len() - CHECKSUM_DIGITS);
    *checksum(checked) == sum
}

/// The first 32 bits of the SHA-256 of what stands before, in base62.
fn checksum(text: &str) -> Zeroizing<String> {
    base62::<CHECKSUM_DIGITS>(&TokenDigest::of(text).0[..4])
}

/// A number of big-endian bytes in base62, with leading zeros.
fn base62<const N: usize>(bytes: &[u8]) -> Zeroizing<String> {
    let mut number = Zeroizing::new(bytes.to_vec());
    let mut digits = Zeroizing::new([0_u8; N]);
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in number.iter_mut() {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            rest = value % 62;
        }
        *digit = usize::try_from(rest).ok().and_then(|rest| DIGITS.get(rest)).copied().unwrap_or_default();
    }
    Zeroizing::new(digits.iter().copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_fit_into_urls_and_cookies() {
        let (one, other) = (SecretToken::generate(), SecretToken::generate());
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.reveal().len(), 43);
        assert!(one.reveal().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_eq!(one.digest(), TokenDigest::of(one.reveal()));
        assert_eq!(format!("{one:?}"), "SecretToken(***)");
    }

    #[test]
    fn api_tokens_are_known_by_their_form_and_checksum() {
        let token = SecretToken::generate_api_token();
        let text = token.reveal();
        assert_eq!(text.len(), 4 + 43 + 6);
        assert!(text.starts_with("cwk_") && is_api_token(text), "{text}");
        let (last, rest) = (text.chars().last().unwrap(), &text[..text.len() - 1]);
        let other = if last == 'a' { 'b' } else { 'a' };
        for bad in [
            format!("{rest}{other}"),
            rest.to_owned(),
            format!("{text}0"),
            text.replacen("cwk_", "cwp_", 1),
            text.replacen("cwk_", "cwk-", 1),
            String::new(),
            "cwk_".to_owned(),
            format!("cwk_{}", "é".repeat(25)),
        ] {
            assert!(!is_api_token(&bad), "{bad}");
        }
    }

    #[test]
    fn base62_holds_all_bits() {
        assert_eq!(*base62::<3>(&[0]), "000");
        assert_eq!(*base62::<2>(&[61]), "0z");
        assert_eq!(*base62::<2>(&[62]), "10");
        assert_eq!(base62::<BODY_DIGITS>(&[255; 32]).trim_start_matches('0').len(), BODY_DIGITS);
        assert_eq!(base62::<CHECKSUM_DIGITS>(&[255; 4]).as_str(), "4gfFC3");
    }
}
