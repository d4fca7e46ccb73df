//! Passwords: which are taken, and how they are kept.

mod hasher;
mod policy;

pub use hasher::{HashingBusy, PasswordHasher, Verdict};
pub use policy::{NewPassword, PASSWORD_MAX, PASSWORD_MIN, PasswordRejected, TypedPassword};
