//! The crate through its public interface, with real servers.

#[cfg(test)]
mod development;
#[cfg(test)]
mod templates;
