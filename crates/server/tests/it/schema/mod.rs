//! The schema itself: its way up and down, what every table must have, and the rules that the database keeps whoever writes to it.

mod guarantees;
mod migrations;
mod tables;
mod time_zones;
