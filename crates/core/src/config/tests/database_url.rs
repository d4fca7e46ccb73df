//! The database by its parts, in place of a URL.

use super::*;

const PARTS: &[(&str, &str)] = &[
    ("ENV", "production"),
    ("DATABASE_HOST", "db.example.com"),
    ("DATABASE_USER", "clockwork"),
    ("DATABASE_PASSWORD", "hunter2"),
    ("DATABASE_NAME", "time"),
];

fn url(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text).unwrap()
}

#[test]
fn the_parts_make_the_url() {
    let made = |setup: Setup| setup.load().config.database.url.unwrap();
    let setup = || Setup::new(PARTS);
    assert!(made(setup()) == url("postgres://clockwork:hunter2@db.example.com:5432/time"));
    let strict = setup().set("DATABASE_PORT", "6432").set("DATABASE_SSLMODE", "verify-full");
    assert!(made(strict) == url("postgres://clockwork:hunter2@db.example.com:6432/time?sslmode=verify-full"));
    // Nothing in a part needs to be escaped.
    let odd = setup()
        .set("DATABASE_PASSWORD", "a@b:c/d?e#f%g h")
        .set("DATABASE_USER", "u@tenant")
        .set("DATABASE_NAME", "t/1");
    assert!(made(odd) == url("postgres://u%40tenant:a%40b%3Ac%2Fd%3Fe%23f%25g%20h@db.example.com:5432/t%2F1"));
    let hosts = setup().set("DATABASE_HOST", "a, b");
    assert!(made(hosts) == url("postgres://clockwork:hunter2@a:5432,b:5432/time?target_session_attrs=read-write"));
    for address in ["::1", "[::1]"] {
        assert!(made(setup().set("DATABASE_HOST", address)) == url("postgres://clockwork:hunter2@[::1]:5432/time"));
    }
    // The directory of a Unix socket, as clouds name it.
    let socket = setup().set("DATABASE_HOST", "/cloudsql/project:region:db");
    assert!(made(socket) == url("postgres://clockwork:hunter2@%2Fcloudsql%2Fproject%3Aregion%3Adb:5432/time"));
    assert!(made(setup().set("DATABASE_PASSWORD", "")) == url("postgres://clockwork@db.example.com:5432/time"));
    // The migrator has the same database.
    assert!(MigratorConfig::load(&setup().sources).unwrap().config.database.url == setup().load().config.database.url);
}

#[test]
fn a_part_that_lacks_or_contradicts_is_a_problem() {
    for (name, value, problem) in [
        ("DATABASE_USER", "", "DATABASE_USER: not set, and DATABASE_HOST is"),
        ("DATABASE_NAME", "", "DATABASE_NAME: not set, and DATABASE_HOST is"),
        ("DATABASE_URL", "postgres://u:hunter3@db/x", "DATABASE_HOST: set beside DATABASE_URL"),
        (
            "DATABASE_HOST",
            "db:5433",
            "DATABASE_HOST (environment): found \"db:5433\", which has a port: that is DATABASE_PORT",
        ),
        ("DATABASE_HOST", "a,,b", "DATABASE_HOST (environment): found \"a,,b\", which has an empty host"),
        ("DATABASE_PORT", "tcp://10.0.0.1:5432", "DATABASE_PORT (environment)"),
        ("DATABASE_SSLMODE", "yes", "DATABASE_SSLMODE (environment)"),
    ] {
        let found = Setup::new(PARTS).set(name, value).problem();
        assert!(found.starts_with(problem) && !found.contains("hunter"), "{found}");
    }
}

#[test]
fn without_a_host_the_parts_have_no_effect_and_a_warning_says_so() {
    // Kubernetes sets DATABASE_PORT=tcp://… where a Service is called `database`.
    let loaded = Setup::new(PRODUCTION).set("DATABASE_PORT", "tcp://10.0.0.1:5432").set("DATABASE_USER", "x").load();
    assert_eq!(
        loaded.warnings,
        [
            "DATABASE_PORT is set but has no effect beside DATABASE_URL",
            "DATABASE_USER is set but has no effect beside DATABASE_URL"
        ]
    );
    assert!(loaded.config.database.url == Some(url("postgres://u:hunter2@db/clockwork")));
    let alone = Setup::new(&[("DATABASE_PASSWORD", "hunter2")]).load();
    assert_eq!(alone.warnings, ["DATABASE_PASSWORD is set but has no effect without DATABASE_HOST"]);
    let problem = Setup::new(&PARTS[..1]).set("DATABASE_USER", "x").problem();
    assert!(problem.contains("DATABASE_URL: not set") && problem.contains("DATABASE_HOST in its place"), "{problem}");
}

#[test]
fn a_password_of_its_own_is_never_shown() {
    let in_file = Setup::new(PARTS).set("DATABASE_PASSWORD", "").file("secrets/database_user", "someone\n");
    let in_file = in_file.file("secrets/database_password", "hunter2\n").set("DATABASE_USER", "");
    for setup in
        [Setup::new(PARTS), Setup::new(PARTS).set("DATABASE_USER", "").file("secrets/database_user", "u"), in_file]
    {
        let loaded = setup.load();
        let printed: String = loaded.effective.iter().map(|effective| format!("{effective}\n")).collect();
        assert!(
            printed.contains("DATABASE_PASSWORD=***") && printed.contains("DATABASE_HOST=db.example.com"),
            "{printed}"
        );
        assert!(!format!("{printed}{:?}", loaded.config).contains("hunter2"));
    }
}

#[test]
fn files_of_the_role_and_its_password_are_followed() {
    assert!(Setup::new(PARTS).load().config.database.url_file.is_none());
    let setup = Setup::new(PARTS).set("DATABASE_USER", "").set("DATABASE_PASSWORD", "");
    let setup = setup.file("secrets/database_user", "one").file("secrets/database_password", "first\n");
    let file = setup.load().config.database.url_file.unwrap();
    let now = || url(&file.read().unwrap());
    assert!(now() == url("postgres://one:first@db.example.com:5432/time"));
    let setup = setup.file("secrets/database_password", "a@b");
    assert!(now() == url("postgres://one:a%40b@db.example.com:5432/time"));
    assert_eq!(
        file.to_string(),
        format!("{}, {}", setup.path("secrets/database_user"), setup.path("secrets/database_password"))
    );
    let _setup = setup.file("secrets/database_password", "");
    assert_eq!(file.read().unwrap_err(), "the file is empty");
}
