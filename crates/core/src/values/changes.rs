//! What a patch really changes. A patch that changes nothing writes nothing: the row keeps its revision, and no live
//! update is sent.

/// The new value, if it differs from the present one.
pub(crate) fn differing<T: PartialEq>(wanted: Option<T>, present: &T) -> Option<T> {
    wanted.filter(|wanted| wanted != present)
}
