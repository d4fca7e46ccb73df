//! Writes `docs/CONFIGURATION.md` from the declarations in `clockwork_core::config`: `just config-docs`.

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIGURATION.md");
    std::fs::write(path, clockwork_core::config::documentation())
}
