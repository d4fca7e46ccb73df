//! Accounts: what users sign in with, and what is kept about it.

mod administration;
mod attempts;
mod audit;
mod data_export;
mod deletion;
mod installation;
mod one_time_tokens;
mod passwords;
mod second_factor;
mod sessions;
mod setup;
mod sign_in;
mod sign_on;
mod sign_up;
mod tokens;
mod upgrade;
