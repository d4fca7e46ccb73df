//! Money: currencies, hourly rates, and the one rule by which amounts are rounded.
//!
//! No floating point: rates and prices are whole numbers of ten-thousandths of a currency, amounts are whole numbers of
//! its minor unit, and what lies between is computed with 128 bits.

use std::fmt;

use super::InvalidValue;

/// How many parts of a currency's unit a rate counts.
const PARTS: i128 = 10_000;
/// Digits after the point of a rate.
const RATE_DIGITS: usize = 4;
/// Seconds of an hour.
const HOUR: i128 = 3_600;

/// The currencies of ISO 4217 that are in use, with the digits of their minor units where these are not two.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD3 BIF0 BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
    CDF CHF CLF4 CLP0 CNY COP CRC CUP CVE CZK DJF0 DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF0 GTQ GYD HKD \
    HNL HTG HUF IDR ILS INR IQD3 IRR ISK0 JMD JOD3 JPY0 KES KGS KHR KMF0 KPW KRW0 KWD3 KYD KZT LAK LBP LKR LRD LSL LYD3 MAD \
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR3 PAB PEN PGK PHP PKR PLN PYG0 QAR RON \
    RSD RUB RWF0 SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND3 TOP TRY TTD TWD TZS UAH UGX0 \
    USD UYU UZS VED VES VND0 VUV0 WST XAF0 XCD XOF0 XPF0 YER ZAR ZMW ZWG";

/// A currency of ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u32,
}

impl Currency {
    /// Reads a code such as `EUR`, in any case.
    ///
    /// # Errors
    /// When no currency in use has it.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let wanted = text.trim();
        let found = CURRENCIES.split_ascii_whitespace().find(|known| known[..3].eq_ignore_ascii_case(wanted));
        let refused = InvalidValue::Format { format: "currency", expected: "a currency of ISO 4217, such as EUR" };
        let known = found.ok_or(refused)?;
        let digits = known[3..].parse().unwrap_or(2);
        Ok(Self { code: &known[..3], digits })
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many digits its minor unit takes after the point.
    #[must_use]
    pub fn digits(self) -> u32 {
        self.digits
    }

    /// The amount of seconds times rates: what many parts of time are worth, each with its own rate, rounded once,
    /// half to even. In minor units.
    #[must_use]
    pub fn amount(self, seconds_by_rates: i128) -> i128 {
        round_half_even(seconds_by_rates * 10_i128.pow(self.digits), HOUR * PARTS)
    }

    /// A price in minor units.
    #[must_use]
    pub fn price(self, price: Rate) -> i128 {
        round_half_even(i128::from(price.0) * 10_i128.pow(self.digits), PARTS)
    }

    /// An amount of minor units as a decimal, such as `12.50`.
    #[must_use]
    pub fn decimal(self, amount: i128) -> String {
        decimal(amount, self.digits as usize)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// What an hour is worth, or a price: in ten-thousandths of a currency, not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(i64);

impl Rate {
    /// The largest rate of an hour: 99,999.9999. With it the seconds of all the time that can be tracked fit 64 bits.
    pub const HOURLY_MAX: Self = Self(999_999_999);
    /// The largest price: 9,999,999,999.9999.
    pub const PRICE_MAX: Self = Self(99_999_999_999_999);

    /// From ten-thousandths.
    #[must_use]
    pub fn from_parts(parts: i64) -> Self {
        Self(parts)
    }

    /// In ten-thousandths.
    #[must_use]
    pub fn parts(self) -> i64 {
        self.0
    }

    /// Reads a decimal such as `85`, `85.5` or `85.3333`.
    ///
    /// # Errors
    /// When it is no such number, or larger than `max`.
    pub fn parse(text: &str, max: Self) -> Result<Self, InvalidValue> {
        let expected = if max == Self::HOURLY_MAX {
            "a decimal from 0 to 99999.9999, such as 85.50"
        } else {
            "a decimal from 0 to 9999999999.9999, such as 1200.00"
        };
        let refused = || InvalidValue::Format { format: "decimal", expected };
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
        let is_number = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(whole, 12) || !is_number(fraction, RATE_DIGITS) {
            return Err(refused());
        }
        let parts: i64 = format!("{whole}{fraction:0<RATE_DIGITS$}").parse().map_err(|_| refused())?;
        if parts > max.0 { Err(refused()) } else { Ok(Self(parts)) }
    }
}

/// As a decimal with at least two digits after the point, such as `85.50` or `85.3333`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = decimal(i128::from(self.0), RATE_DIGITS);
        f.write_str(text.strip_suffix("00").unwrap_or(text.strip_suffix('0').unwrap_or(&text)))
    }
}

/// The quotient of two numbers, of which the second is positive, rounded to the nearest whole number; of two that are
/// equally near, the even one.
#[must_use]
pub fn round_half_even(numerator: i128, denominator: i128) -> i128 {
    let (quotient, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
    }
}

fn decimal(number: i128, digits: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", number.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euro() -> Currency {
        Currency::parse("eur").unwrap()
    }

    #[test]
    fn currencies_have_their_minor_units() {
        for (code, digits) in [("EUR", 2), ("usd", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)] {
            assert_eq!(Currency::parse(code).map(Currency::digits), Ok(digits), "{code}");
        }
        for bad in ["", "EU", "EURO", "XXX", "€", "EÜR", "DEM"] {
            assert!(Currency::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rates_are_decimals() {
        for (text, shown) in
            [("85", "85.00"), ("85.5", "85.50"), ("0.3333", "0.3333"), (" 12.340 ", "12.34"), ("0", "0.00")]
        {
            assert_eq!(Rate::parse(text, Rate::HOURLY_MAX).map(|rate| rate.to_string()), Ok(shown.to_owned()));
        }
        for bad in ["", ".5", "5.", "-1", "+1", "1,5", "1e3", "100000", "0.00001", "٣"] {
            assert!(Rate::parse(bad, Rate::HOURLY_MAX).is_err(), "{bad}");
        }
        assert_eq!(Rate::parse("9999999999.9999", Rate::PRICE_MAX), Ok(Rate::PRICE_MAX));
    }

    #[test]
    fn amounts_are_rounded_half_to_even() {
        let amount = |seconds: i128, rate: &str| {
            let rate = Rate::parse(rate, Rate::HOURLY_MAX).unwrap();
            euro().decimal(euro().amount(seconds * i128::from(rate.parts())))
        };
        assert_eq!(amount(3600, "85.50"), "85.50");
        assert_eq!(amount(1200, "100"), "33.33");
        // 0.125 and 0.135 are half-way.
        assert_eq!((amount(3600, "0.125"), amount(3600, "0.135")), ("0.12".to_owned(), "0.14".to_owned()));
        // A fifth of 30.00 is 6.00, whatever floating point makes of it.
        assert_eq!(amount(720, "30.00"), "6.00");
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(yen.decimal(yen.amount(1800 * 10_001 * 10_000)), "5000");
    }

    proptest! {
        #[test]
        fn a_rounded_quotient_is_within_a_half(numerator in -1_000_000_i128..1_000_000, denominator in 1_i128..5_000) {
            let rounded = round_half_even(numerator, denominator);
            let twice = (rounded * denominator - numerator).abs() * 2;
            prop_assert!(twice <= denominator);
            prop_assert!(twice < denominator || rounded % 2 == 0);
        }
    }
}
