//! The order of a file's dates. No single cell tells 3 April from 4 March; the whole file usually does.

use super::cells::{DateOrder, DateParts};

/// A date in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The line, from 1.
    pub line: u64,
    /// The date as written.
    pub date: String,
}

/// Why the order is not known. The caller can say it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateOrderError {
    /// Every date can be read both ways.
    #[error(
        "line {}: “{}” may be day first or month first, and no date in the file has a first or second part above 12; say which with dateOrder (dmy or mdy)",
        .0.line, .0.date
    )]
    Undecided(Sample),
    /// Every date may begin with its year, and that looks likely.
    #[error(
        "line {}: “{}” may begin with the day or with a year of two digits, and no date in the file tells which; say it with dateOrder (dmy or ymd)",
        .0.line, .0.date
    )]
    UndecidedYear(Sample),
    /// Some dates can only be read one way and some only the other.
    #[error(
        "the dates are not in one order: “{}” in line {} has the day first, “{}” in line {} the month; if one of them is wrong, give dateOrder (dmy or mdy)",
        day_first.date, day_first.line, month_first.date, month_first.line
    )]
    Mixed {
        /// A date that has the day first.
        day_first: Sample,
        /// A date that has the month first.
        month_first: Sample,
    },
}

/// What the dates seen so far tell.
#[derive(Debug, Clone, Default)]
pub struct DateOrderEvidence {
    day_first: Option<Sample>,
    month_first: Option<Sample>,
    undecided: Option<Sample>,
    year_first: YearFirst,
    /// Whether there is a date that makes sense with its year first only.
    senseless: bool,
}

/// Whether all dates may begin with a year of two digits.
#[derive(Debug, Clone, Copy, Default)]
enum YearFirst {
    /// There is no date yet whose year may be elsewhere.
    #[default]
    Unseen,
    /// They have this first part in common.
    Possible {
        year: u32,
        /// The last part of the first of them.
        day: u32,
        /// Whether others have another last part.
        several_days: bool,
    },
    Impossible,
}

impl YearFirst {
    fn see(self, parts: DateParts) -> Self {
        let DateParts::EitherEnd(first, _, third) = parts else { return Self::Impossible };
        if parts.date(DateOrder::YearMonthDay).is_none() {
            return Self::Impossible;
        }
        match self {
            Self::Unseen => Self::Possible { year: first, day: third, several_days: false },
            Self::Possible { year, day, several_days } if year == first => {
                Self::Possible { year, day, several_days: several_days || day != third }
            }
            Self::Possible { .. } | Self::Impossible => Self::Impossible,
        }
    }

    /// One first part and several last ones: more likely some days of one year than one day of the month in several
    /// years.
    fn is_likely(self) -> bool {
        matches!(self, Self::Possible { several_days: true, .. })
    }
}

impl DateOrderEvidence {
    /// Looks at one date.
    pub fn see(&mut self, line: u64, date: &str, parts: DateParts) {
        let (DateParts::YearLast(first, second, _) | DateParts::EitherEnd(first, second, _)) = parts else { return };
        self.year_first = self.year_first.see(parts);
        if [DateOrder::DayMonthYear, DateOrder::MonthDayYear].iter().all(|order| parts.date(*order).is_none()) {
            self.senseless = true;
            return;
        }
        let witness = match (first > 12, second > 12) {
            (true, false) => &mut self.day_first,
            (false, true) => &mut self.month_first,
            (false, false) => &mut self.undecided,
            (true, true) => return,
        };
        witness.get_or_insert_with(|| Sample { line, date: date.to_owned() });
    }

    /// The order of the whole file.
    ///
    /// # Errors
    /// When the dates do not tell, or contradict each other.
    pub fn decide(self) -> Result<DateOrder, DateOrderError> {
        match (self.day_first, self.month_first, self.undecided) {
            (Some(day_first), Some(month_first), _) => Err(DateOrderError::Mixed { day_first, month_first }),
            (Some(sample), None, _) if self.year_first.is_likely() => Err(DateOrderError::UndecidedYear(sample)),
            (Some(_), None, _) => Ok(DateOrder::DayMonthYear),
            (None, Some(_), _) => Ok(DateOrder::MonthDayYear),
            (None, None, Some(sample)) => Err(DateOrderError::Undecided(sample)),
            // More likely a slip such as 32/01/26 than a year: its line is an error, unless the caller says ymd.
            (None, None, None) if self.senseless => Ok(DateOrder::DayMonthYear),
            (None, None, None) => Ok(DateOrder::YearMonthDay),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(dates: &[&str]) -> Result<DateOrder, DateOrderError> {
        let mut evidence = DateOrderEvidence::default();
        for (line, date) in (2..).zip(dates) {
            evidence.see(line, date, DateParts::parse(date).expect("a date"));
        }
        evidence.decide()
    }

    #[test]
    fn one_date_decides_for_all() {
        assert_eq!(decide(&["2016-01-02", "2016/03/04"]), Ok(DateOrder::YearMonthDay));
        assert_eq!(decide(&["01/02/2016", "13/02/2016", "02/02/2016"]), Ok(DateOrder::DayMonthYear));
        assert_eq!(decide(&["2016-01-02", "01/02/2016", "02/13/2016"]), Ok(DateOrder::MonthDayYear));
    }

    #[test]
    fn without_evidence_the_caller_is_asked() {
        let sample = |line, date: &str| Sample { line, date: date.to_owned() };
        let undecided = decide(&["2016-01-02", "01/02/2016", "03/03/2016"]);
        assert_eq!(undecided, Err(DateOrderError::Undecided(sample(3, "01/02/2016"))));
        assert!(undecided.is_err_and(|error| error.to_string().contains("dateOrder")));
        assert_eq!(
            decide(&["13/02/2016", "02/13/2016"]),
            Err(DateOrderError::Mixed { day_first: sample(2, "13/02/2016"), month_first: sample(3, "02/13/2016") })
        );
    }

    #[test]
    fn a_year_of_two_digits_that_may_come_first_is_asked_for() {
        let sample = |line, date: &str| Sample { line, date: date.to_owned() };
        let undecided = decide(&["2026-11-26", "26/11/27", "26/11/28", "26/11/29"]);
        assert_eq!(undecided, Err(DateOrderError::UndecidedYear(sample(3, "26/11/27"))));
        assert!(undecided.is_err_and(|error| error.to_string().contains("dateOrder (dmy or ymd)")));
        // 30 February: this one makes sense with its year first only.
        assert_eq!(decide(&["30.02.28", "30.03.01"]), Err(DateOrderError::UndecidedYear(sample(3, "30.03.01"))));
        for decided in [
            // One day, or the days of a month.
            &["26/11/29"] as &[&str],
            &["26/10/29", "26/11/29"],
            &["26/11/29", "27/11/29", "28/11/29"],
            &["26/11/27", "26/11/28", "27/11/28"],
            // With a date that cannot begin with its year.
            &["26/11/27", "26/11/28", "26/11/31"],
            &["26/11/27", "26/11/28", "26/11/2029"],
            &["26/11/27", "26/11/28", "1/11/28"],
        ] {
            assert_eq!(decide(decided), Ok(DateOrder::DayMonthYear), "{decided:?}");
        }
        assert_eq!(decide(&["11/26/27", "11/26/28"]), Ok(DateOrder::MonthDayYear));
        assert_eq!(decide(&["11/12/27", "11/12/28"]), Err(DateOrderError::Undecided(sample(2, "11/12/27"))));
    }

    #[test]
    fn a_date_that_makes_sense_with_its_year_first_only_decides_nothing() {
        assert_eq!(decide(&["2026-01-31", "32/01/26"]), Ok(DateOrder::DayMonthYear));
        assert_eq!(decide(&["99/11/29", "01/31/26"]), Ok(DateOrder::MonthDayYear));
    }
}
