//! Which passwords are taken: by length and by what is guessed first, as NIST SP 800-63B has it, and not by kinds of
//! characters.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use zeroize::Zeroizing;

use crate::values::EmailAddress;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;
/// Most characters of a password.
pub const PASSWORD_MAX: usize = 256;

/// Compatible characters become one: a keyboard, or a system, that writes another form of a letter signs in as well.
const COMPATIBLE: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// The passwords that are guessed first: those of at least eight characters in the lists of leaked passwords, in lower
/// case, one a line.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// Shortest text that counts as part of a password when the address is looked for in it.
const PART_MIN: usize = 4;

/// A password as it was typed, to be compared with a stored one.
pub struct TypedPassword(Zeroizing<String>);

/// A password that may be stored.
pub struct NewPassword(TypedPassword);

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRejected {
    /// Fewer than [`PASSWORD_MIN`] characters.
    #[error("must have at least {PASSWORD_MIN} characters, has {0}")]
    TooShort(usize),
    /// More than [`PASSWORD_MAX`] characters.
    #[error("must have at most {PASSWORD_MAX} characters, has {0}")]
    TooLong(usize),
    /// A character that no keyboard writes into a password.
    #[error("must not contain control characters (found U+{0:04X})")]
    ControlCharacter(u32),
    /// One of those that are guessed first.
    #[error("is one of the passwords that are guessed first; choose another one")]
    Common,
    /// The user's own address.
    #[error("must not be made of your e-mail address; choose another one")]
    Address,
}

impl TypedPassword {
    /// Reads a password in its normal form (NFKC).
    ///
    /// # Errors
    /// When it is longer than any stored password, or has control characters.
    pub fn parse(text: &str) -> Result<Self, PasswordRejected> {
        // Normalising makes at most 18 characters of one (UAX #15), so that the work is bounded before the count.
        let given = text.chars().take(PASSWORD_MAX + 1).count();
        if given > PASSWORD_MAX {
            return Err(PasswordRejected::TooLong(text.chars().count()));
        }
        let normal = Zeroizing::new(COMPATIBLE.normalize(text).into_owned());
        if let Some(control) = normal.chars().find(|c| c.is_control()) {
            return Err(PasswordRejected::ControlCharacter(u32::from(control)));
        }
        match normal.chars().count() {
            count if count > PASSWORD_MAX => Err(PasswordRejected::TooLong(count)),
            _ => Ok(Self(normal)),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn copied(&self) -> Self {
        Self(self.0.clone())
    }
}

impl NewPassword {
    /// Reads a password that a user chooses for the account with this address. Where the address is not known yet, only
    /// the rest is looked at.
    ///
    /// # Errors
    /// When the password is too short, too long, common, or made of the address.
    pub fn parse(text: &str, email: Option<&EmailAddress>) -> Result<Self, PasswordRejected> {
        let typed = TypedPassword::parse(text)?;
        let length = typed.0.chars().count();
        if length < PASSWORD_MIN {
            return Err(PasswordRejected::TooShort(length));
        }
        let lower = Zeroizing::new(typed.0.to_lowercase());
        if email.is_some_and(|email| is_made_of(&lower, email)) {
            return Err(PasswordRejected::Address);
        }
        if is_common(&lower) {
            return Err(PasswordRejected::Common);
        }
        Ok(Self(typed))
    }

    pub(super) fn typed(&self) -> &TypedPassword {
        &self.0
    }
}

/// Whether a password is a common one, also one with digits and signs around it, twice in a row, or a single character
/// again and again.
fn is_common(lower: &str) -> bool {
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let half = lower.split_at_checked(lower.len() / 2).filter(|(one, other)| one == other).map(|(one, _)| one);
    let mut characters = lower.chars();
    let first = characters.next();
    let repeats = first.is_some_and(|first| characters.all(|c| c == first));
    repeats
        || core.is_empty() && is_sequence(lower)
        || [Some(lower), Some(core), half].into_iter().flatten().any(|text| COMMON.contains(text))
}

/// Whether each character follows the one before by the same step, as in 123456789012: the ten digits count as a
/// circle.
fn is_sequence(text: &str) -> bool {
    let digits: Option<Vec<i64>> = text.chars().map(|c| c.to_digit(10).map(i64::from)).collect();
    digits.is_some_and(|digits| {
        let steps: HashSet<i64> =
            digits.iter().zip(digits.iter().skip(1)).map(|(a, b)| (b - a).rem_euclid(10)).collect();
        steps.len() <= 1
    })
}

/// Whether nothing but digits and signs is left of a password without the address and its parts.
fn is_made_of(lower: &str, email: &EmailAddress) -> bool {
    let address = email.as_str().to_lowercase();
    let (local, domain) = (email.local_part().to_lowercase(), email.domain());
    let label = domain.split('.').next().unwrap_or_default();
    let parts = [address.as_str(), &local, domain, label];
    let rest = parts
        .into_iter()
        .filter(|part| part.chars().count() >= PART_MIN)
        .fold(lower.to_owned(), |rest, part| rest.replace(part, ""));
    rest.len() < lower.len() && rest.chars().filter(|c| c.is_alphabetic()).count() < PART_MIN
}

impl fmt::Debug for TypedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedPassword(***)")
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> Result<(), PasswordRejected> {
        let email = EmailAddress::parse("ada.lovelace@example.org").unwrap();
        NewPassword::parse(text, Some(&email)).map(|_| ())
    }

    #[test]
    fn length_is_what_counts() {
        assert_eq!(chosen("correct horse battery staple"), Ok(()));
        assert_eq!(chosen("zwölf Boxkämpfer"), Ok(()));
        assert_eq!(chosen("elevenchars"), Err(PasswordRejected::TooShort(11)));
        assert_eq!(chosen("🦀🦀🦀🦀🦀🦀🐙🐙🐙🐙🐙🐙"), Ok(()), "characters, not bytes");
        assert_eq!(chosen(&"xy".repeat(128)), Ok(()));
        assert_eq!(chosen(&"x".repeat(257)), Err(PasswordRejected::TooLong(257)));
        assert_eq!(chosen("a password\0 with NUL"), Err(PasswordRejected::ControlCharacter(0)));
    }

    #[test]
    fn one_password_in_two_forms_is_one() {
        let bytes = |text| TypedPassword::parse(text).unwrap().as_bytes().to_vec();
        assert_eq!(bytes("Cafe\u{301} ﬁlter"), bytes("Café filter"));
        // One character that becomes eighteen.
        let long = "\u{fdfa}".repeat(256);
        assert!(matches!(TypedPassword::parse(&long), Err(PasswordRejected::TooLong(_))));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for common in [
            "password1234",
            "PASSWORD!!!!2026",
            "123456789012",
            "987654321098",
            "000000000000",
            "aaaaaaaaaaaaaaaa",
            "iloveyouiloveyou",
            "sonyericsson",
            "1q2w3e4r5t6y",
        ] {
            assert_eq!(chosen(common), Err(PasswordRejected::Common), "{common}");
        }
    }

    #[test]
    fn the_address_is_no_password() {
        for own in ["ada.lovelace@example.org", "Ada.Lovelace2026!", "ada.lovelaceexample", "example.org!!123"] {
            assert_eq!(chosen(own), Err(PasswordRejected::Address), "{own}");
        }
        assert_eq!(chosen("ada.lovelace wrote the first program"), Ok(()));
    }

    #[test]
    fn debug_output_does_not_show_it() {
        let typed = TypedPassword::parse("correct horse battery").unwrap();
        assert_eq!(format!("{typed:?}"), "TypedPassword(***)");
    }
}
