//! A private PostgreSQL for development and for tests.
