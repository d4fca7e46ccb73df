//! Durations that are shown coarser than they are, so that what is shown adds up.

/// Divides the rounded total of durations among them: each is a multiple of `unit` within one unit of its true value,
/// and together they are exactly the true total, rounded to the nearest multiple. By largest remainder; of equal ones
/// the earlier gets the unit. All in seconds, and none negative.
#[must_use]
pub fn apportion(seconds: &[i64], unit: i64) -> Vec<i64> {
    let unit = unit.max(1);
    let total: i64 = seconds.iter().sum();
    let units = (total + unit / 2) / unit;
    share(seconds, unit, units)
}

/// The same with the number of units given, which is within one of the true one for each duration.
fn share(seconds: &[i64], unit: i64, units: i64) -> Vec<i64> {
    let mut shown: Vec<i64> = seconds.iter().map(|seconds| seconds / unit).collect();
    let left = units - shown.iter().sum::<i64>();
    let mut order: Vec<_> = shown.iter_mut().zip(seconds).filter(|(_, seconds)| *seconds % unit > 0).collect();
    order.sort_by_key(|(_, seconds)| std::cmp::Reverse(*seconds % unit));
    for (units, _) in order.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        *units += 1;
    }
    shown.into_iter().map(|units| units * unit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_times_twenty_minutes_are_an_hour() {
        // In hundredths of an hour, 36 seconds each: 0.33 + 0.33 + 0.33 would be 0.99.
        assert_eq!(apportion(&[1200, 1200, 1200], 36), [34 * 36, 33 * 36, 33 * 36]);
        assert_eq!(apportion(&[59, 59], 60), [60, 60]);
        assert_eq!(apportion(&[29, 29], 60), [60, 0]);
        assert_eq!(apportion(&[], 60), [0_i64; 0]);
        assert_eq!(apportion(&[0, 0], 60), [0, 0]);
    }

    proptest! {
        #[test]
        fn what_is_shown_adds_up_and_is_within_a_unit(
            seconds in prop::collection::vec(0_i64..100_000, 0..30), unit in 1_i64..4_000,
        ) {
            let shown = apportion(&seconds, unit);
            let total: i64 = seconds.iter().sum();
            prop_assert_eq!(shown.iter().sum::<i64>(), (total + unit / 2) / unit * unit);
            for (shown, seconds) in shown.iter().zip(&seconds) {
                prop_assert_eq!(shown % unit, 0);
                prop_assert!((shown - seconds).abs() < unit, "{} for {}", shown, seconds);
            }
        }
    }
}
