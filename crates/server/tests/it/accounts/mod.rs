//! Accounts: what users sign in with, and what is kept about it.

mod attempts;
mod audit;
mod one_time_tokens;
