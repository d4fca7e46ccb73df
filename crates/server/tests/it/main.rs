//! Tests that go through HTTP.
