//! The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use ring::hmac;
use serde_json::json;
use zeroize::Zeroizing;

use super::audit::{self, By, Object};
use super::notices::{Notify, Recipient};
use crate::access::{Rejection, RuleError};
use crate::database::transaction;
use crate::mail::Mail;
use crate::models::{Account, RecoveryCode, SecondFactor};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::UserId;
use crate::values::secret_token::{TokenDigest, random};

/// Seconds of a time step, the default of RFC 6238.
const STEP: i64 = 30;

/// Digits of a code.
const DIGITS: usize = 6;

/// Bytes of the secret of an app: as many as SHA-1 has (RFC 4226, 4).
const SECRET_BYTES: usize = 20;

/// Recovery codes of a user.
const RECOVERY_CODES: usize = 10;

/// Letters and digits of recovery codes: none that looks like another one. 32 of them, so that each is five bits.
const RECOVERY_ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";

/// Characters of a recovery code: 80 bits, so that a fast hash keeps it well.
const RECOVERY_LENGTH: usize = 16;

/// Digits of base32 (RFC 4648), as apps take the secret.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Why a second factor was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorRejection {
    /// There is one already.
    #[error("there is a second factor already")]
    Exists,
    /// There is none, or it was not begun.
    #[error("there is no second factor")]
    Missing,
    /// The code is wrong, or was taken before.
    #[error("the code is wrong")]
    WrongCode,
}

impl Rejection for SecondFactorRejection {
    const OBJECT: &'static str = "second factor";
}

/// Why a second factor was not changed.
pub type SecondFactorError = RuleError<SecondFactorRejection>;

/// Codes for the day on which the app is lost. Shown once.
pub type RecoveryCodes = Vec<Zeroizing<String>>;

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeVerdict {
    /// It is not the code, or was taken before.
    Wrong,
    /// It is a code of the app.
    App,
    /// It is a recovery code.
    Recovery,
}

/// Takes a code of the app, of now or of one step before or after, or a recovery code. Each is taken once, also by two
/// requests at once.
///
/// # Errors
/// Those of the database.
pub(crate) async fn take_code(
    conn: &mut AsyncPgConnection,
    factor: &SecondFactor,
    code: &str,
    now: DateTime<Utc>,
) -> QueryResult<CodeVerdict> {
    let plain: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if let Some(step) = step_of(&factor.secret, &plain, now) {
        let taken = SecondFactor::take_step(conn, factor.user_id, step).await?;
        return Ok(if taken == 1 { CodeVerdict::App } else { CodeVerdict::Wrong });
    }
    let digest = TokenDigest::of(&plain.to_lowercase());
    let taken = RecoveryCode::take(conn, factor.user_id, digest, now).await?;
    Ok(if taken == 1 { CodeVerdict::Recovery } else { CodeVerdict::Wrong })
}

/// Begins a second factor: the secret for the app, in base32. Nothing is asked for until a code of it is confirmed.
///
/// # Errors
/// When the user has a second factor, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "second_factor::begin", skip_all)]
pub async fn begin(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Zeroizing<String>, SecondFactorError> {
    let secret = random::<SECRET_BYTES>();
    transaction(conn, async |conn| {
        Account::lock(conn, user).await?;
        match SecondFactor::begin(conn, user, secret.as_slice(), now).await? {
            0 => Err(SecondFactorError::from(SecondFactorRejection::Exists)),
            _ => Ok(()),
        }
    })
    .await?;
    Ok(spell(secret.as_slice(), BASE32))
}

/// Confirms a second factor by a code of the app; the recovery codes that go with it.
///
/// # Errors
/// When the code is wrong, there is nothing to confirm, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "second_factor::confirm", skip_all)]
pub async fn confirm(
    conn: &mut AsyncPgConnection,
    user: UserId,
    code: &str,
    by: By,
    now: DateTime<Utc>,
) -> Result<RecoveryCodes, SecondFactorError> {
    transaction(conn, async |conn| {
        Account::lock(conn, user).await?;
        let factor = SecondFactor::find(conn, user).await?.ok_or(SecondFactorRejection::Missing)?;
        if factor.confirmed_at.is_some() {
            return Err(SecondFactorRejection::Exists.into());
        }
        if take_code(conn, &factor, code, now).await? != CodeVerdict::App {
            return Err(SecondFactorRejection::WrongCode.into());
        }
        SecondFactor::confirm(conn, user, now).await?;
        audit::record(conn, by, "second_factor.added", Object::user(user), json!({}), now).await?;
        Ok(give_codes(conn, user, now).await?)
    })
    .await
}

/// Gives a user new recovery codes in place of all others.
///
/// # Errors
/// When there is no second factor, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "second_factor::new_recovery_codes", skip_all)]
pub async fn new_recovery_codes(
    conn: &mut AsyncPgConnection,
    user: UserId,
    by: By,
    now: DateTime<Utc>,
) -> Result<RecoveryCodes, SecondFactorError> {
    transaction(conn, async |conn| {
        Account::lock(conn, user).await?;
        let factor = SecondFactor::find(conn, user).await?.filter(|factor| factor.confirmed_at.is_some());
        factor.ok_or(SecondFactorRejection::Missing)?;
        audit::record(conn, by, "second_factor.new_recovery_codes", Object::user(user), json!({}), now).await?;
        Ok(give_codes(conn, user, now).await?)
    })
    .await
}

/// Removes the second factor of a user whose password was just confirmed.
///
/// # Errors
/// When there is none, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "second_factor::remove", skip_all)]
pub async fn remove(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    user: UserId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), SecondFactorError> {
    transaction(conn, async |conn| {
        let account = Account::lock(conn, user).await?;
        if SecondFactor::remove(conn, user).await? == 0 {
            return Err(SecondFactorRejection::Missing.into());
        }
        audit::record(conn, by, "second_factor.removed", Object::user(user), json!({}), now).await?;
        if let Some(recipient) = Recipient::of(&account) {
            notify.queue(conn, &recipient, &Mail::SecondFactorRemoved).await?;
        }
        Ok(())
    })
    .await
}

async fn give_codes(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<RecoveryCodes> {
    let codes: RecoveryCodes = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let digests: Vec<_> = codes.iter().map(|code| TokenDigest::of(code)).collect();
    RecoveryCode::replace(conn, user, &digests, now).await?;
    Ok(codes)
}

fn recovery_code() -> Zeroizing<String> {
    let mut code = spell(random::<10>().as_slice(), RECOVERY_ALPHABET);
    code.truncate(RECOVERY_LENGTH);
    code
}

/// Bytes in an alphabet of 32 characters, five bits each; what is left of the bits at the end is filled with zeros.
fn spell(bytes: &[u8], alphabet: &[u8; 32]) -> Zeroizing<String> {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |n| (byte >> n) & 1)).collect();
    let fives = bits
        .chunks(5)
        .map(|five| five.iter().fold(0, |value, bit| (value << 1) | usize::from(*bit)) << (5 - five.len()));
    Zeroizing::new(fives.filter_map(|value| alphabet.get(value & 31)).copied().map(char::from).collect())
}

/// The time step that a code belongs to: the present one, or one beside it.
fn step_of(secret: &[u8], code: &str, now: DateTime<Utc>) -> Option<i64> {
    if code.len() != DIGITS || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let present = now.timestamp() / STEP;
    [present, present - 1, present + 1].into_iter().find(|step| code_of(secret, *step) == code)
}

/// The code of a time step (RFC 4226, 5.3).
fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let mac = hmac::sign(&key, &step.to_be_bytes());
    let bytes = mac.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let word = bytes.get(offset..offset + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes);
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_of(b"12345678901234567890", time / STEP), code, "{time}");
        }
    }

    #[test]
    fn secrets_are_spelt_as_apps_read_them() {
        assert_eq!(*spell(b"12345678901234567890", BASE32), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let (one, other) = (recovery_code(), recovery_code());
        assert_eq!((one.len(), one == other), (RECOVERY_LENGTH, false));
    }

    #[test]
    fn one_step_of_skew_is_borne_and_no_more() {
        let secret = b"12345678901234567890";
        let at = |seconds| DateTime::<Utc>::from_timestamp(seconds, 0).unwrap();
        let present = 1_111_111_111;
        for (seconds, found) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let code = code_of(secret, (present + seconds) / STEP);
            assert_eq!(step_of(secret, &code, at(present)).is_some(), found, "{seconds}");
        }
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert_eq!(step_of(secret, bad, at(present)), None);
        }
    }
}
