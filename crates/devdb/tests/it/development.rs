//! The development database of a checkout.
