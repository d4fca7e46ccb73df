//! The connections to PostgreSQL, against real servers.

#[cfg(test)]
mod failures;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod schema_state;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod tls;
