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
}

impl DateOrderEvidence {
    /// Looks at one date.
    pub fn see(&mut self, line: u64, date: &str, parts: DateParts) {
        let DateParts::YearLast(first, second, _) = parts else { return };
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
            (Some(_), None, _) => Ok(DateOrder::DayMonthYear),
            (None, Some(_), _) => Ok(DateOrder::MonthDayYear),
            (None, None, Some(sample)) => Err(DateOrderError::Undecided(sample)),
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
}
