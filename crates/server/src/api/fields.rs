//! From wire types to values: every field is looked at before a body is refused, so that a form can show all mistakes
//! at once.

use clockwork_core::accounts::passwords::{NewPassword, PasswordRejected, TypedPassword};
use clockwork_core::values::{EmailAddress, InvalidValue};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult, ErrorCode, FieldError, password_field};
use crate::extract::parse_id;

/// A field of a merge patch: absent, null or a value.
pub type Patch<T> = Option<Option<T>>;

/// Reads a [`Patch`]: with `#[serde(default)]`, absent is `None` and null is `Some(None)`.
///
/// # Errors
/// If the value has another type than `T`.
pub fn patch<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Most characters of a code.
const CODE_MAX: usize = 32;
/// Most characters of the name of a provider.
const PROVIDER_MAX: usize = 64;
/// Most characters of a token of a link.
const TOKEN_MAX: usize = 128;

/// A secret that a user typed or pasted: visible ASCII, and not long. The value is not repeated in the error.
fn short(text: &str, max: usize, format: &'static str) -> Result<String, InvalidValue> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidValue::Empty);
    }
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        return Err(InvalidValue::ControlCharacter(u32::from(control)));
    }
    let found = text.chars().count();
    match text.chars().all(|c| (' '..='~').contains(&c)) {
        _ if found > max => Err(InvalidValue::TooLong { max, found }),
        true => Ok(text.to_owned()),
        false => Err(InvalidValue::Format { format, expected: "letters, digits and signs of ASCII" }),
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub struct FieldErrors {
    code: Option<ErrorCode>,
    errors: Vec<FieldError>,
}

impl FieldErrors {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a mistake. The first one's code becomes the error's.
    pub fn refuse(&mut self, code: ErrorCode, error: FieldError) {
        self.code.get_or_insert(code);
        self.errors.push(error);
    }

    fn take<T>(
        &mut self,
        field: &str,
        code: ErrorCode,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        parse(text).map_err(|error| self.refuse(code, FieldError::invalid(field, &error, text))).ok()
    }

    /// A field that must be there.
    pub fn required<T>(
        &mut self,
        field: &str,
        code: ErrorCode,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let Some(text) = text else {
            self.refuse(code, FieldError::new(field, "required", "is required"));
            return None;
        };
        self.take(field, code, text, parse)
    }

    /// A field that may be absent or null.
    pub fn optional<T>(
        &mut self,
        field: &str,
        code: ErrorCode,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        text.and_then(|text| self.take(field, code, text, parse))
    }

    /// A field of a patch that cannot be cleared.
    pub fn change<T>(
        &mut self,
        field: &str,
        code: ErrorCode,
        patch: Patch<String>,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        patch.and_then(|text| self.required(field, code, text.as_deref(), parse))
    }

    /// A field of a patch that null clears.
    pub fn clearable<T>(
        &mut self,
        field: &str,
        code: ErrorCode,
        patch: Patch<String>,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Patch<T> {
        patch.map(|text| self.optional(field, code, text.as_deref(), parse))
    }

    /// A flag of a patch, which cannot be cleared.
    pub fn flag(&mut self, field: &str, patch: Patch<bool>) -> Option<bool> {
        if patch == Some(None) {
            self.refuse(ErrorCode::InvalidJson, FieldError::new(field, "invalid_type", "must be true or false"));
        }
        patch.flatten()
    }

    /// An id that must be there.
    pub fn id<T: From<Uuid>>(&mut self, field: &str, text: Option<&str>) -> Option<T> {
        match parse_id(field, text.unwrap_or_default()) {
            Ok(id) => Some(T::from(id)),
            Err(error) => {
                let found = error.into_fields();
                found.into_iter().for_each(|field| self.refuse(ErrorCode::InvalidId, field));
                None
            }
        }
    }

    /// Several ids.
    pub fn ids<T: From<Uuid>>(&mut self, field: &str, texts: &[String]) -> Vec<T> {
        let numbered = texts.iter().enumerate();
        numbered.filter_map(|(n, text)| self.id(&format!("{field}[{n}]"), Some(text))).collect()
    }

    /// A password that a user typed.
    pub fn typed_password(&mut self, field: &str, text: Option<&str>) -> Option<TypedPassword> {
        self.password(field, text, TypedPassword::parse)
    }

    /// A password that is to be stored. Without the address, what depends on it is left to the rule.
    pub fn new_password(
        &mut self,
        field: &str,
        text: Option<&str>,
        email: Option<&EmailAddress>,
    ) -> Option<NewPassword> {
        self.password(field, text, |text| NewPassword::parse(text, email))
    }

    fn password<T>(
        &mut self,
        field: &str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, PasswordRejected>,
    ) -> Option<T> {
        const CODE: ErrorCode = ErrorCode::InvalidPassword;
        let Some(text) = text else {
            self.refuse(CODE, FieldError::new(field, "required", "is required"));
            return None;
        };
        parse(text).map_err(|rejected| self.refuse(CODE, password_field(field, rejected))).ok()
    }

    /// A code of an app, or a recovery code, which may be absent.
    pub fn code(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        text.and_then(|text| self.required_code(field, Some(text)))
    }

    /// A code of an app, or a recovery code.
    pub fn required_code(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        self.required(field, ErrorCode::InvalidCode, text, |text| short(text, CODE_MAX, "code"))
    }

    /// The name of a provider.
    pub fn provider(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        self.required(field, ErrorCode::InvalidProvider, text, |text| short(text, PROVIDER_MAX, "provider"))
    }

    /// The token of a link, as it stands there.
    pub fn token(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        self.required(field, ErrorCode::InvalidToken, text, |text| short(text, TOKEN_MAX, "token"))
    }

    /// The value, unless something was wrong.
    ///
    /// # Errors
    /// 400 with all mistakes, under the code of the first one. Without a mistake and without a value, 400
    /// `invalid_json`.
    pub fn done<T>(self, value: Option<T>) -> ApiResult<T> {
        match (self.code, value) {
            (Some(code), _) => Err(ApiError::fields(code, self.errors)),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(ApiError::new(ErrorCode::InvalidJson, "the body lacks a field")),
        }
    }
}
