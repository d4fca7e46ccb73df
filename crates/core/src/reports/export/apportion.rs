//! Durations that are shown coarser than they are, so that what is printed adds up.

/// Multiples of `unit` for parts of a whole, by largest remainder: each is within one unit of its true value, and
/// together they are the true sum, rounded.
pub(super) fn apportioned(parts: &[i64], unit: i64) -> Vec<i64> {
    let whole = rounded(parts.iter().sum(), unit);
    let mut shown: Vec<i64> = parts.iter().map(|part| part.div_euclid(unit) * unit).collect();
    let missing = (whole - shown.iter().sum::<i64>()) / unit;
    let mut largest: Vec<usize> = (0..parts.len()).collect();
    // Equal remainders go to the first of them.
    largest.sort_by_key(|number| parts.get(*number).map(|part| -part.rem_euclid(unit)));
    for number in largest.into_iter().take(usize::try_from(missing).unwrap_or_default()) {
        if let Some(part) = shown.get_mut(number) {
            *part += unit;
        }
    }
    shown
}

/// The nearest multiple of `unit`; a half goes up.
pub(super) fn rounded(seconds: i64, unit: i64) -> i64 {
    (seconds + unit / 2).div_euclid(unit) * unit
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_times_twenty_minutes_are_an_hour() {
        assert_eq!(apportioned(&[1_200; 3], 36), [1_224, 1_188, 1_188]);
        assert_eq!(apportioned(&[], 60), [0; 0]);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_each_is_near(
            parts in prop::collection::vec(0..1_000_000_i64, 0..50),
            unit in prop::sample::select(vec![1_i64, 36, 60]),
        ) {
            let shown = apportioned(&parts, unit);
            prop_assert_eq!(shown.iter().sum::<i64>(), rounded(parts.iter().sum(), unit));
            let is_near = |(part, shown): (&i64, &i64)| (part - shown).abs() <= unit && shown % unit == 0;
            prop_assert!(parts.iter().zip(&shown).all(is_near));
        }
    }
}
