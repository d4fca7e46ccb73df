//! The words of report queries, the same in the API and in saved reports.

use crate::models::report::{Attribution, RoundingMode, RoundingUnit};
use crate::values::settings::choice;

choice!(
    /// What a report is grouped by.
    Group {
        /// The project.
        Project = "project",
        /// The category, with own and subtree totals.
        Category = "category",
        /// The client of the project.
        Client = "client",
        /// The member.
        Member = "member",
        /// Each tag; an entry with two is in both groups.
        Tag = "tag",
        /// Billable or not.
        Billable = "billable",
        /// The description.
        Description = "description",
        /// The day.
        Day = "day",
        /// The week.
        Week = "week",
        /// The month.
        Month = "month",
        /// The quarter.
        Quarter = "quarter",
        /// The year.
        Year = "year",
        /// The day of the week.
        Weekday = "weekday",
        /// The hour of the day.
        Hour = "hour",
    }
);

impl Group {
    /// Whether the groups are stretches of time.
    #[must_use]
    pub fn is_time(self) -> bool {
        match self {
            Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year | Self::Weekday | Self::Hour => true,
            Self::Project
            | Self::Category
            | Self::Client
            | Self::Member
            | Self::Tag
            | Self::Billable
            | Self::Description => false,
        }
    }
}

choice!(
    /// What groups are ordered by.
    Sort {
        /// By name; stretches of time in their order.
        Name = "name",
        /// The same, backwards.
        NameDescending = "-name",
        /// By time, the smallest first.
        Time = "time",
        /// By time, the largest first.
        TimeDescending = "-time",
        /// By billable time, the smallest first.
        Billable = "billable",
        /// By billable time, the largest first.
        BillableDescending = "-billable",
        /// By amount, the smallest first; of several currencies by the sum of their numbers.
        Amount = "amount",
        /// By amount, the largest first.
        AmountDescending = "-amount",
    }
);
choice!(
    /// Which time of an entry counts in which bucket.
    AttributionWord {
        /// The time in the bucket.
        Split = "split",
        /// All of it where it began.
        Start = "start",
    }
);
choice!(
    /// With what a report is compared.
    ComparisonWord {
        /// The range just before.
        Previous = "previous",
        /// The same range a year before.
        Year = "year",
    }
);
choice!(
    /// In which direction time is rounded.
    RoundingModeWord {
        /// Not at all.
        None = "none",
        /// To the next multiple.
        Up = "up",
        /// To the multiple before.
        Down = "down",
        /// To the nearest multiple.
        Nearest = "nearest",
    }
);
choice!(
    /// What is rounded.
    RoundingUnitWord {
        /// Each entry.
        Entry = "entry",
        /// What one member tracked on one day in one project with one description.
        Day = "day",
    }
);

impl From<AttributionWord> for Attribution {
    fn from(word: AttributionWord) -> Self {
        match word {
            AttributionWord::Split => Self::Split,
            AttributionWord::Start => Self::Start,
        }
    }
}

impl RoundingModeWord {
    /// The direction; `None` if time is not rounded.
    #[must_use]
    pub fn mode(self) -> Option<RoundingMode> {
        match self {
            Self::None => None,
            Self::Up => Some(RoundingMode::Up),
            Self::Down => Some(RoundingMode::Down),
            Self::Nearest => Some(RoundingMode::Nearest),
        }
    }
}

impl From<RoundingUnitWord> for RoundingUnit {
    fn from(word: RoundingUnitWord) -> Self {
        match word {
            RoundingUnitWord::Entry => Self::Entry,
            RoundingUnitWord::Day => Self::Day,
        }
    }
}
