//! Where a page of a list ends, as an opaque word in a URL.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::DateTime;
use clockwork_core::models::Position;
use clockwork_core::values::TrackedTime;
use uuid::Uuid;

use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};

/// Writes a cursor: 8 bytes of microseconds since 1970, then the id.
pub fn encode(position: Position) -> String {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&position.at.timestamp_micros().to_be_bytes());
    bytes[8..].copy_from_slice(position.id.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor.
///
/// # Errors
/// 400 `invalid_cursor` if the text is no cursor of this server.
pub fn decode(text: &str) -> ApiResult<Position> {
    parse(text).ok_or_else(|| {
        let message = "must be the X-Next-Cursor of an earlier answer";
        ApiError::field(ErrorCode::InvalidCursor, FieldError::format("cursor", "cursor", message))
    })
}

fn parse(text: &str) -> Option<Position> {
    let bytes: [u8; 24] = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (micros, id) = bytes.split_first_chunk::<8>()?;
    // Every entry starts within this range, and clocks are within it; PostgreSQL would choke on a year that only chrono
    // knows.
    let at = TrackedTime::new(DateTime::from_timestamp_micros(i64::from_be_bytes(*micros))?).ok()?.get();
    Some(Position { at, id: Uuid::from_slice(id).ok()? })
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};

    use super::*;

    #[test]
    fn reads_what_it_wrote_and_nothing_else() {
        let cursor = Position {
            at: DateTime::from_timestamp_micros(1_763_700_000_123_456).unwrap(),
            id: Uuid::from_u128(0x019a_a5b6_54c4_7d21_a0c9_6a7d_6c7a_2f10),
        };
        assert_eq!(decode(&encode(cursor)).unwrap(), cursor);
        let ages_ago = Position { at: DateTime::<Utc>::MIN_UTC + TimeDelta::days(1), ..cursor };
        for bad in ["", "x", "====", "AAAA", &encode(cursor)[1..], &encode(ages_ago)] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }
}
