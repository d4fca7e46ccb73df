//! The crate through its public interface, with real servers.

#[cfg(test)]
mod development;
#[cfg(test)]
mod own_server;
#[cfg(test)]
mod templates;
