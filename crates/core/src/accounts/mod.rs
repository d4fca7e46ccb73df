//! Users and their workspaces, and what users sign in with.

pub mod addresses;
pub mod administration;
pub mod api_tokens;
pub mod attempts;
pub mod audit;
pub mod credentials;
pub mod data_export;
pub mod deletion;
pub mod invitations;
mod mail_notices;
pub mod members;
pub mod notices;
pub mod one_time_tokens;
pub mod password_changes;
pub mod passwords;
mod people;
pub mod placeholders;
pub mod profile;
pub mod second_factor;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod sign_on;
pub mod sign_up;
pub mod workspaces;
