//! From wire types to values: every field is looked at before a body is refused, so that a form can show all mistakes
//! at once.

use clockwork_core::values::InvalidValue;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
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
