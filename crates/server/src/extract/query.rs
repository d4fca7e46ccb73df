//! Query strings, read strictly: an unknown parameter is a mistake that would otherwise widen a list silently.

use std::borrow::Cow;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clockwork_core::values::{TimeZone, TrackedTime};
use percent_encoding::percent_decode_str;
use uuid::Uuid;

use super::path_id::parse_id;
use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError, Limits};

/// The parameters of a query string that have not been taken yet. An empty value counts as absent.
#[derive(Debug)]
pub struct UnreadParameters(Vec<(String, String)>);

/// An end of a range, where there is one.
pub type Bound = Option<DateTime<Utc>>;

/// A type that is read from a query string.
pub trait FromQuery: Sized {
    /// Takes the parameters that it knows; what is left is refused.
    ///
    /// # Errors
    /// 400 if a parameter has a wrong value, or is given twice.
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self>;
}

/// For paths that take no parameters.
#[derive(Clone, Copy, Debug)]
pub struct NoParameters;

impl FromQuery for NoParameters {
    fn from_query(_: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self)
    }
}

/// Both kinds of parameters.
impl<A: FromQuery, B: FromQuery> FromQuery for (A, B) {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok((A::from_query(parameters)?, B::from_query(parameters)?))
    }
}

/// Three kinds of parameters.
impl<A: FromQuery, B: FromQuery, C: FromQuery> FromQuery for (A, B, C) {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok((A::from_query(parameters)?, B::from_query(parameters)?, C::from_query(parameters)?))
    }
}

/// Four kinds of parameters.
impl<A: FromQuery, B: FromQuery, C: FromQuery, D: FromQuery> FromQuery for (A, B, C, D) {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let (a, b, c) = FromQuery::from_query(parameters)?;
        Ok((a, b, c, D::from_query(parameters)?))
    }
}

/// The query string.
#[derive(Clone, Debug)]
pub struct QueryParameters<T>(pub T);

impl<T: FromQuery> FromRequest for QueryParameters<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(UnreadParameters::parse(req.query_string()).and_then(UnreadParameters::read).map(Self))
    }
}

impl<T> Describe for QueryParameters<T> {
    fn describe(operation: &mut Description) {
        operation.code(ErrorCode::InvalidQuery);
    }
}

impl UnreadParameters {
    fn parse(query: &str) -> ApiResult<Self> {
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let pairs = pairs.filter(|(_, value)| !value.is_empty());
        pairs
            .map(|(name, value)| Ok((decode("query", name)?, decode(name, value)?)))
            .collect::<ApiResult<_>>()
            .map(Self)
    }

    fn read<T: FromQuery>(mut self) -> ApiResult<T> {
        let value = T::from_query(&mut self)?;
        match self.0.first() {
            None => Ok(value),
            Some((name, _)) => Err(refused(FieldError::new(name, "unknown_field", "is not a parameter of this path"))),
        }
    }

    /// All values of a parameter that may be repeated.
    pub fn all(&mut self, name: &str) -> Vec<String> {
        let (taken, left) = std::mem::take(&mut self.0).into_iter().partition(|(n, _)| n == name);
        self.0 = left;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// The value of a parameter that may be given once.
    ///
    /// # Errors
    /// 400 `invalid_query` if the parameter is given twice.
    pub fn one(&mut self, name: &str) -> ApiResult<Option<String>> {
        let mut values = self.all(name);
        match values.len() {
            0 | 1 => Ok(values.pop()),
            _ => Err(refused(FieldError::format(name, "once", "must be given once"))),
        }
    }

    /// Text to look for. PostgreSQL keeps no NUL, so nothing can be found by one.
    ///
    /// # Errors
    /// 400 `invalid_query` if the parameter is given twice, or contains U+0000.
    pub fn text(&mut self, name: &str) -> ApiResult<Option<String>> {
        let text = self.one(name)?;
        if text.as_ref().is_some_and(|text| text.contains('\0')) {
            let field = FieldError::new(name, "control_characters", "must not contain U+0000").found("U+0000");
            return Err(refused(field));
        }
        Ok(text)
    }

    /// An id.
    ///
    /// # Errors
    /// 400 `invalid_query` if the parameter is given twice, `invalid_id` if it is no UUID.
    pub fn id<T: From<Uuid>>(&mut self, name: &str) -> ApiResult<Option<T>> {
        self.one(name)?.map(|text| parse_id(name, &text).map(T::from)).transpose()
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// 400 `invalid_query` if the parameter is given twice, or is neither.
    pub fn flag(&mut self, name: &str) -> ApiResult<Option<bool>> {
        let parse = |text: String| match text.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => {
                let limits = Limits { allowed: &["true", "false"], ..Limits::default() };
                Err(refused(
                    FieldError::new(name, "invalid_format", "must be true or false").limited(limits).found(&text),
                ))
            }
        };
        self.one(name)?.map(parse).transpose()
    }

    /// A timestamp. A `+` that was sent without escaping has become a blank, and is taken for what it was.
    ///
    /// # Errors
    /// 400 `invalid_query` if the parameter is given twice, `invalid_time` if it is no timestamp or out of range.
    pub fn time(&mut self, name: &str) -> ApiResult<Option<DateTime<Utc>>> {
        let parse = |text: String| {
            TrackedTime::parse(&text.trim().replace(' ', "+"))
                .map(TrackedTime::get)
                .map_err(|error| ApiError::field(ErrorCode::InvalidTime, FieldError::invalid(name, &error, &text)))
        };
        self.one(name)?.map(parse).transpose()
    }

    /// A day of a calendar, such as `2026-11-27`, between 1970 and 2099.
    ///
    /// # Errors
    /// 400 `invalid_query` if the parameter is given twice, `invalid_time` if it is no day of that range.
    pub fn date(&mut self, name: &str) -> ApiResult<Option<NaiveDate>> {
        let parse = |text: String| {
            let refused = |field: FieldError| ApiError::field(ErrorCode::InvalidTime, field.found(&text));
            let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|date| date.to_string() == text);
            let date =
                date.ok_or_else(|| refused(FieldError::format(name, "date", "must be a date such as 2026-11-27")))?;
            if TrackedTime::new(date.and_time(NaiveTime::MIN).and_utc()).is_ok() {
                return Ok(date);
            }
            let message = "must be a date from 1970-01-01 to 2099-12-31";
            let (earliest, latest) = (NaiveDate::from_ymd_opt(1970, 1, 1), NaiveDate::from_ymd_opt(2099, 12, 31));
            Err(refused(FieldError::untimely(name, earliest, latest, message)))
        };
        self.one(name)?.map(parse).transpose()
    }

    /// A time zone of IANA.
    ///
    /// # Errors
    /// 400 `invalid_query` if the parameter is given twice, `invalid_time_zone` if there is no such zone.
    pub fn time_zone(&mut self, name: &str) -> ApiResult<Option<TimeZone>> {
        let parse = |text: String| {
            TimeZone::parse(&text)
                .map_err(|error| ApiError::field(ErrorCode::InvalidTimeZone, FieldError::invalid(name, &error, &text)))
        };
        self.one(name)?.map(parse).transpose()
    }

    /// The first and the last day of a range.
    ///
    /// # Errors
    /// Those of [`Self::date`], and 400 `invalid_time_range` if the last day is before the first.
    pub fn dates(&mut self, from_name: &str, to_name: &str) -> ApiResult<(Option<NaiveDate>, Option<NaiveDate>)> {
        let (from, to) = (self.date(from_name)?, self.date(to_name)?);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let field = FieldError::untimely(to_name, Some(from), None, format!("must not lie before {from_name}"));
            return Err(ApiError::field(ErrorCode::InvalidTimeRange, field));
        }
        Ok((from, to))
    }

    /// The bounds of a range, `from` and `to`.
    ///
    /// # Errors
    /// Those of [`Self::range_named`].
    pub fn range(&mut self) -> ApiResult<(Bound, Bound)> {
        self.range_named("from", "to")
    }

    /// The bounds of a range under other names.
    ///
    /// # Errors
    /// Those of [`Self::time`], and 400 `invalid_time_range` if the range ends before it begins.
    pub fn range_named(&mut self, from_name: &str, to_name: &str) -> ApiResult<(Bound, Bound)> {
        let (from, to) = (self.time(from_name)?, self.time(to_name)?);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let message = format!("must not lie before {from_name}");
            let field = FieldError::untimely(to_name, Some(from), None, message);
            return Err(ApiError::field(ErrorCode::InvalidTimeRange, field));
        }
        Ok((from, to))
    }
}

/// A name or value as it was before it was put into a URL. Strict, where the usual decoders put a replacement character
/// for what is not UTF-8.
fn decode(name: &str, text: &str) -> ApiResult<String> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8();
    decoded
        .map(Cow::into_owned)
        .map_err(|_| refused(FieldError::format(name, "utf8", "must be UTF-8, percent-encoded")))
}

fn refused(field: FieldError) -> ApiError {
    ApiError::field(ErrorCode::InvalidQuery, field)
}
