//! What a person may choose of how the page shows things. Each is a list of words, the same in the API, in the
//! database's CHECKs and here.

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The words for all of them.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// Reads a word.
            ///
            /// # Errors
            /// When there is no such word.
            pub fn parse(text: &str) -> Result<Self, $crate::values::InvalidValue> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::values::InvalidValue::not_allowed(Self::WORDS, text)),
                }
            }

            /// The word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

pub(crate) use choice;

choice!(
    /// A language of the page, as a tag of BCP 47.
    Language {
        /// English.
        English = "en",
        /// German.
        German = "de",
    }
);
choice!(
    /// How times of day are written.
    HourCycle {
        /// 2:30 pm.
        Twelve = "12h",
        /// 14:30.
        TwentyFour = "24h",
    }
);
choice!(
    /// The day on which weeks begin.
    FirstDayOfWeek {
        /// As ISO 8601 has it.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
);
choice!(
    /// How durations are written.
    DurationFormat {
        /// 1:30.
        HoursMinutes = "h:mm",
        /// 1:30:00.
        HoursMinutesSeconds = "h:mm:ss",
        /// 1.50.
        Decimal = "decimal",
    }
);
choice!(
    /// How much room there is between things.
    Density {
        /// Large enough for fingers.
        Comfortable = "comfortable",
        /// More rows on a page.
        Compact = "compact",
    }
);
choice!(
    /// The colours of the page.
    Theme {
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_written_and_others_are_refused_with_those_that_are_allowed() {
        for word in DurationFormat::WORDS {
            assert_eq!(DurationFormat::parse(word).map(DurationFormat::as_str), Ok(*word));
        }
        for bad in ["", "24", "24H", " 24h", "13h"] {
            let refused = HourCycle::parse(bad).expect_err("must be refused");
            assert_eq!(
                (refused.code(), refused.to_string()),
                ("invalid_format", format!("must be 12h or 24h, is {bad}"))
            );
        }
        let refused = DurationFormat::parse("h").expect_err("must be refused");
        assert_eq!(refused.to_string(), "must be h:mm, h:mm:ss or decimal, is h");
    }
}
