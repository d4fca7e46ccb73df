//! The schema itself: what every table must have, and the rules that the database keeps for every writer.

mod guarantees;
mod tables;
mod tags;
mod time_zones;
