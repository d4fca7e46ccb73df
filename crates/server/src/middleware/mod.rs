//! What happens around every request. The order is in `app.rs`.

pub mod base_path;
pub(crate) mod built_in;
pub mod draining;
pub mod head;
pub mod observe;
pub mod panic;
pub mod rate_limit;
pub mod request_id;
pub mod same_site;
pub mod security_headers;
pub mod slow_body;
pub mod wake_subscribers;
