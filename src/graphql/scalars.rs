//! Scalars beyond GraphQL's own: days, moments, and whole numbers that 32 bits do not hold.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::Timestamp;
use jiff::civil;

use crate::domain::calendar::london_rfc3339;

/// A day, written `2026-12-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub civil::Date);

/// A day, written `2026-12-25`.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else { return Err(InputValueError::expected_type(value)) };
        // Committees plan months ahead, not millennia, and date arithmetic ends at the year 9999.
        let day =
            text.parse::<civil::Date>().ok().filter(|day| text.len() == 10 && (1900..=2199).contains(&day.year()));
        day.map(Self).ok_or_else(|| InputValueError::custom("write a day as 2026-12-25, from 1900 to 2199"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment in London time with its offset, written `2026-12-09T17:00:00+00:00` (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A moment in London time with its offset, written `2026-12-09T17:00:00+00:00` (RFC 3339).
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else { return Err(InputValueError::expected_type(value)) };
        let moment = text.parse::<Timestamp>();
        moment.map(Self).map_err(|_| InputValueError::custom("write a moment as 2026-12-09T17:00:00+00:00"))
    }

    fn to_value(&self) -> Value {
        Value::String(london_rfc3339(self.0))
    }
}

/// A whole number from 0 that may be larger than an `Int` can be: people, rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u64);

/// A whole number from 0 that may be larger than an `Int` can be: people, rows.
#[Scalar]
impl ScalarType for Count {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_u64().map(Self),
            _ => None,
        }
        .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}
