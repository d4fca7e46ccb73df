//! The layers, the checks and the documentation, with sources of the tests' own.

mod database_url;

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::telemetry::LogFormat;

/// A working directory, a directory of secrets and an environment.
struct Setup {
    dir: TempDir,
    sources: Sources,
}

impl Setup {
    fn new(environment: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sources = Sources {
            environment: environment.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect(),
            directory: dir.path().to_owned(),
            secrets: dir.path().join("secrets"),
        };
        Self { dir, sources }
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    fn set(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.sources.environment.insert(name.to_owned(), value.into());
        self
    }

    fn load(&self) -> Loaded<Config> {
        Config::load(&self.sources).unwrap()
    }

    fn problems(&self) -> Vec<InvalidSetting> {
        Config::load(&self.sources).unwrap_err().problems
    }

    /// The only problem, as it is displayed.
    fn problem(&self) -> String {
        let [problem] = <[InvalidSetting; 1]>::try_from(self.problems()).unwrap();
        problem.to_string()
    }

    fn layer_of(&self, name: &str) -> String {
        let loaded = self.load();
        loaded.effective.into_iter().find(|effective| effective.variable.name == name).unwrap().layer
    }
}

const PRODUCTION: &[(&str, &str)] = &[("ENV", "production"), ("DATABASE_URL", "postgres://u:hunter2@db/clockwork")];

#[test]
fn development_needs_nothing() {
    let config = Setup::new(&[]).load().config;
    assert_eq!(config.environment, Environment::Development);
    assert_eq!((config.http.host.to_string().as_str(), config.http.port), ("0.0.0.0", 8080));
    assert_eq!(config.http.allowed_origins, AllowedOrigins::Any);
    assert!(config.database.url.is_none());
    assert_eq!(config.database.max_conns, 25);
    assert_eq!(config.logging.format, LogFormat::Pretty);
    assert_eq!(config.shutdown.drain, Duration::ZERO);
}

/// A checkout starts without sign-in, so that only its own machine may reach it.
#[test]
fn the_committed_file_of_development_listens_on_loopback() {
    let committed =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/development.toml"));
    let setup = Setup::new(&[]).file("config/development.toml", &committed.unwrap());
    let config = setup.load().config;
    assert_eq!(config.auth.mode, AuthMode::None);
    assert!(config.http.host.is_loopback(), "{}", config.http.host);
    assert_eq!(setup.set("HOST", "0.0.0.0").load().config.http.host.to_string(), "0.0.0.0");
}

#[test]
fn production_has_its_own_defaults() {
    let config = Setup::new(PRODUCTION).load().config;
    assert_eq!(config.http.allowed_origins, AllowedOrigins::Listed(Vec::new()));
    assert_eq!(config.logging.format, LogFormat::Json);
    assert_eq!(config.shutdown.drain, Duration::from_secs(10));
    assert_eq!(config.shutdown.timeout, Duration::from_secs(30));
}

#[test]
fn metrics_have_a_port_of_their_own_or_none() {
    assert_eq!(Setup::new(&[]).load().config.telemetry.metrics_port, Some(9090));
    assert_eq!(Setup::new(&[("METRICS_PORT", "0")]).load().config.telemetry.metrics_port, None);
    assert_eq!(Setup::new(&[("METRICS_PORT", "0"), ("PORT", "0")]).load().config.telemetry.metrics_port, None);
    let problem = Setup::new(&[("PORT", "9090")]).problem();
    assert!(problem.starts_with("METRICS_PORT (default): found \"9090\", which is PORT"), "{problem}");
}

#[test]
fn traces_are_as_opentelemetry_s_variables_say() {
    assert!(Setup::new(&[]).load().config.telemetry.traces.is_none());
    let setup = Setup::new(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/base/"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=1, b=x%2Cy"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
    ]);
    let loaded = setup.load();
    let traces = loaded.config.telemetry.traces.clone().unwrap();
    assert_eq!(traces.endpoint.as_str(), "http://collector:4318/base/v1/traces");
    assert_eq!(traces.headers.reveal()[..], [("authorization".to_owned(), "Bearer hunter2".to_owned())]);
    assert_eq!(traces.resource[1], ("b".to_owned(), "x,y".to_owned()));
    assert_eq!(traces.sampler, TraceSampler::ParentBased(Box::new(TraceSampler::Ratio(0.25))));
    let shown: String = loaded.effective.iter().map(ToString::to_string).collect();
    assert!(!format!("{shown}{:?}", loaded.config).contains("hunter2"));
    let loaded = Setup::new(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://u:hunter2@collector/")]).load();
    let traces = loaded.config.telemetry.traces.clone().unwrap();
    assert_eq!(traces.endpoint.as_str(), "https://collector/v1/traces");
    assert_eq!(traces.headers.reveal()[0].1, "Basic dTpodW50ZXIy");
    let shown: String = loaded.effective.iter().map(ToString::to_string).collect();
    assert!(shown.contains("https://***@collector/v1/traces"), "{shown}");
    assert!(!format!("{shown}{:?}", loaded.config).contains("hunter2"));
    // A collector drops HTTP at gRPC's port, so that port needs an explicit protocol.
    let grpc = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel.example.com:4317");
    let problem = Setup::new(&[grpc]).problem();
    assert!(problem.contains("port 4317, which collectors have for gRPC") && problem.contains("4318"), "{problem}");
    let said = Setup::new(&[grpc, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]).load();
    assert_eq!(said.config.telemetry.traces.unwrap().endpoint.port(), Some(4317));
    let problem = Setup::new(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).problem();
    assert!(
        problem.contains("\"grpc\", which the server does not speak: name the collector's port for HTTP"),
        "{problem}"
    );
    for bad in ["collector:4318", "http://collector/?x=hunter2", "hunter2", "ftp://u:hunter2@collector"] {
        let problem = Setup::new(&[("OTEL_EXPORTER_OTLP_ENDPOINT", bad)]).problem();
        assert!(problem.starts_with("OTEL_EXPORTER_OTLP_ENDPOINT (environment)"), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}

#[test]
fn sentry_s_address_is_a_secret() {
    let setup = Setup::new(&[("SENTRY_DSN", "https://hunter2@sentry.example.com/1")]);
    let loaded = setup.load();
    let shown: String = loaded.effective.iter().map(ToString::to_string).collect();
    assert!(!format!("{shown}{:?}", loaded.config).contains("hunter2"));
    for bad in
        ["https://sentry.example.com/hunter2", "https://hunter2@sentry.example.com/", "hunter2", "ftp://hunter2@x/1"]
    {
        let problem = Setup::new(&[("SENTRY_DSN", bad)]).problem();
        assert!(problem.starts_with("SENTRY_DSN (environment)") && !problem.contains("hunter2"), "{problem}");
    }
}

#[test]
fn staging_and_production_say_what_they_miss() {
    for environment in ["staging", "production"] {
        let problems = Setup::new(&[("ENV", environment)]).problems();
        let subjects: Vec<_> = problems.iter().map(|problem| problem.subject.as_str()).collect();
        assert_eq!(subjects, ["DATABASE_URL"]);
        assert!(problems.iter().all(|problem| problem.found == format!("not set, and required in {environment}")));
    }
}

#[test]
fn accounts_are_the_default_outside_development() {
    let mode = |setup: &Setup| setup.load().config.auth.mode;
    assert_eq!(mode(&Setup::new(&[])), AuthMode::None);
    assert_eq!(mode(&Setup::new(PRODUCTION)), AuthMode::Accounts);
    assert_eq!(mode(&Setup::new(PRODUCTION).set("ENV", "staging")), AuthMode::Accounts);
}

#[test]
fn a_server_without_accounts_listens_for_its_own_machine_alone_outside_development() {
    let none = |host: &str, environment: &str| {
        Setup::new(PRODUCTION).set("AUTH_MODE", "none").set("HOST", host).set("ENV", environment)
    };
    for host in ["0.0.0.0", "::", "192.0.2.7", "::ffff:192.0.2.7"] {
        for environment in ["staging", "production"] {
            let problem = none(host, environment).problem();
            assert!(
                problem.starts_with("AUTH_MODE: none, while HOST is") && problem.contains("AUTH_NONE_ANYWHERE=true"),
                "{problem}"
            );
            let anywhere = none(host, environment).set("AUTH_NONE_ANYWHERE", "true");
            assert_eq!(anywhere.load().config.auth.mode, AuthMode::None);
        }
        assert_eq!(none(host, "development").load().config.auth.mode, AuthMode::None);
        assert_eq!(none(host, "production").set("AUTH_MODE", "accounts").load().config.auth.mode, AuthMode::Accounts);
    }
    for host in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(none(host, "production").load().config.auth.mode, AuthMode::None, "{host}");
    }
}

#[test]
fn a_higher_layer_wins() {
    let file = Setup::new(&[]).file("config/development.toml", "port = 1001");
    assert_eq!((file.load().config.http.port, file.layer_of("PORT")), (1001, file.path("config/development.toml")));
    let dot_env = file.file(".env", "PORT=1002");
    assert_eq!((dot_env.load().config.http.port, dot_env.layer_of("PORT")), (1002, dot_env.path(".env")));
    let environment = dot_env.set("PORT", "1003");
    assert_eq!((environment.load().config.http.port, environment.layer_of("PORT").as_str()), (1003, "environment"));
    let secret = environment.file("secrets/port", "1004\n");
    assert_eq!((secret.load().config.http.port, secret.layer_of("PORT")), (1004, secret.path("secrets/port")));
}

#[test]
fn a_file_named_in_the_environment_wins_over_the_secrets_directory() {
    let setup = Setup::new(&[]).file("secrets/port", "1004").file("elsewhere", "1005\r\n");
    let path = setup.path("elsewhere");
    let setup = setup.set("PORT_FILE", path.clone());
    assert_eq!((setup.load().config.http.port, setup.layer_of("PORT")), (1005, format!("PORT_FILE={path}")));
}

#[test]
fn a_value_and_a_file_for_it_contradict_each_other() {
    let setup = Setup::new(PRODUCTION).file("url", "postgres://u@db/x");
    let path = setup.path("url");
    let problem = setup.set("DATABASE_URL_FILE", path).problem();
    assert!(problem.starts_with("DATABASE_URL: set both itself and by DATABASE_URL_FILE"), "{problem}");
    let across_layers = Setup::new(&[("PORT", "1")]).file(".env", "PORT_FILE=x").problems();
    assert!(across_layers.iter().any(|problem| problem.found.contains("PORT_FILE")), "{across_layers:?}");
}

#[test]
fn secrets_files_that_are_missing_or_empty_are_problems() {
    let missing = Setup::new(&[("PORT_FILE", "/nonexistent/port")]).problem();
    assert!(missing.starts_with("PORT (PORT_FILE=/nonexistent/port): the file cannot be read"), "{missing}");
    let empty = Setup::new(&[]).file("secrets/port", "\n").problem();
    assert!(empty.contains("the file is empty"), "{empty}");
}

#[test]
fn dot_env_is_for_development_only() {
    let setup = Setup::new(PRODUCTION).file(".env", "PORT=1002");
    assert_eq!(setup.load().config.http.port, 8080);
}

#[test]
fn the_environment_cannot_be_chosen_in_a_file_that_it_chooses() {
    let toml = Setup::new(&[]).file("config/development.toml", "env = \"production\"").problem();
    assert!(toml.starts_with("env (") && toml.ends_with("expected it in the environment"), "{toml}");
    let dot_env = Setup::new(&[]).file(".env", "APP_ENV=production").problems();
    assert_eq!(dot_env[0].subject, "ENV");
}

#[test]
fn a_secrets_file_may_choose_the_environment() {
    let setup =
        Setup::new(&PRODUCTION[1..]).file("secrets/env", "production").file("config/production.toml", "port = 77");
    assert_eq!(setup.load().config.environment, Environment::Production);
    assert_eq!(setup.load().config.http.port, 77);
}

#[test]
fn a_toml_file_holds_known_names_and_no_secrets() {
    let text = "prot = 1\ndatabase_url = \"postgres://u:hunter2@db/x\"\nport = [1]";
    let setup = Setup::new(&[]).file("config/development.toml", text);
    let shown = Config::load(&setup.sources).unwrap_err().to_string();
    for part in ["prot", "is not a setting", "database_url", "a secret in a committed file", "found a table or a list"]
    {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
    assert!(!shown.contains("hunter2"));
    let broken = Setup::new(&[]).file("config/development.toml", "port = ").problem();
    assert!(broken.contains("development.toml") && broken.contains("expected a file in TOML format"), "{broken}");
}

#[test]
fn a_broken_line_in_dot_env_is_not_repeated() {
    let problem = Setup::new(&[]).file(".env", "PORT=1\nDATABASE_URL='postgres://u:hunter2@db").problem();
    assert!(problem.contains(".env: a line after 1 good ones cannot be read"), "{problem}");
    assert!(!problem.contains("hunter2"), "{problem}");
}

#[test]
fn aliases_mean_the_same_and_may_not_disagree() {
    let setup = Setup::new(&[("APP_ENV", "staging"), ("CORS_ORIGINS", "https://a.example")]);
    let problems = setup.problems();
    assert!(problems.iter().all(|problem| problem.found.ends_with("required in staging")), "{problems:?}");
    assert_eq!(
        Setup::new(&[("CORS_ORIGINS", "https://a.example")]).layer_of("ALLOWED_ORIGINS"),
        "environment, as CORS_ORIGINS"
    );
    assert_eq!(Setup::new(&[("ENV", "development"), ("APP_ENV", "development")]).load().config.http.port, 8080);
    let problem = Setup::new(&[("ENV", "development"), ("APP_ENV", "staging")]).problem();
    assert!(problem.contains("ENV and APP_ENV say different things"), "{problem}");
}

#[test]
fn a_base_path_begins_with_a_slash_and_ends_without() {
    for (value, expected) in [("/", ""), ("", ""), ("/clockwork", "/clockwork"), ("/tools/time/", "/tools/time")] {
        assert_eq!(Setup::new(&[("BASE_PATH", value)]).load().config.http.base_path.as_str(), expected, "{value:?}");
    }
    assert_eq!(Setup::new(&[]).load().config.http.base_path.as_str(), "");
}

#[test]
fn an_empty_value_counts_as_not_set() {
    assert_eq!(Setup::new(&[("PORT", ""), ("ENV", "")]).load().config.http.port, 8080);
}

#[test]
fn every_bad_value_is_reported_with_what_was_expected() {
    let bad = [
        ("ENV", "prod", "development, staging or production"),
        ("HOST", "localhost", "an IP address such as 0.0.0.0 or ::"),
        ("PORT", "65536", "a port number from 0 to 65535"),
        ("PORT", "-1", "a port number from 0 to 65535"),
        ("ALLOWED_ORIGINS", "https://a.example/path", "a comma-separated list of origins"),
        ("ALLOWED_ORIGINS", "a.example", "a comma-separated list of origins"),
        ("ALLOWED_ORIGINS", "https://a.example,*", "a comma-separated list of origins"),
        ("PUBLIC_URL", "ftp://a.example", "an http or https address"),
        ("PUBLIC_URL", "https://a.example/?x", "an http or https address"),
        ("BASE_PATH", "clockwork", "a path such as /clockwork"),
        ("BASE_PATH", "/a//b", "a path such as /clockwork"),
        ("BASE_PATH", "/a/../b", "a path such as /clockwork"),
        ("BASE_PATH", "/time tracking", "a path such as /clockwork"),
        ("BASE_PATH", "/api/clockwork", "a path such as /clockwork"),
        ("BASE_PATH", "/health", "a path such as /clockwork"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "a comma-separated list of addresses and networks"),
        ("TRUSTED_PROXIES", "10.0.0.1,proxy", "a comma-separated list of addresses and networks"),
        ("CSP_REPORT_URI", "/reports", "an http or https address"),
        ("CSP_REPORT_URI", "https://a.example/x;y", "an http or https address"),
        ("HTTP_READ_TIMEOUT", "0s", "a time span"),
        ("HTTP_IDLE_TIMEOUT", "2h", "a time span"),
        ("DATABASE_CA_FILE", "/nonexistent.pem", "the path of a readable PEM file"),
        ("DATABASE_MAX_CONNS", "0", "a whole number from 1 to 1000"),
        ("DATABASE_MIN_IDLE", "26", "a whole number from 0 to 1000, not above DATABASE_MAX_CONNS"),
        ("RATE_LIMIT_REQUESTS", "-1", "a whole number from 0 to 1000000"),
        ("RATE_LIMIT_WINDOW", "0s", "a time span"),
        ("DATABASE_ACQUIRE_TIMEOUT", "5", "a time span"),
        ("DATABASE_ACQUIRE_TIMEOUT", "1ms", "a time span"),
        ("DATABASE_STATEMENT_TIMEOUT", "0s", "a time span"),
        ("DB_AUTO_MIGRATE", "si", "true or false"),
        ("MIGRATIONS_DIR", "/nonexistent", "the path of a directory"),
        ("AUTH_MODE", "open", "accounts or none"),
        ("LOG_LEVEL", "loud", "error, warn, info, debug, trace or off"),
        ("LOG_LEVEL", "info,x=loud", "error, warn, info, debug, trace or off"),
        ("LOG_FORMAT", "xml", "json or pretty"),
        ("METRICS_PORT", "65536", "a port number from 0 to 65535, other than PORT"),
        ("METRICS_PORT", "8080", "a port number from 0 to 65535, other than PORT"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a", "a list such as"),
        ("OTEL_TRACES_SAMPLER", "sometimes", "always_on, always_off, traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5", "a number from 0 to 1"),
        ("SHUTDOWN_DRAIN", "11m", "a time span"),
        ("SHUTDOWN_TIMEOUT", "soon", "a time span"),
    ];
    for (name, value, expected) in bad {
        let problem = Setup::new(&[(name, value)]).problem();
        assert!(problem.starts_with(&format!("{name} (environment): found {value:?}")), "{problem}");
        assert!(problem.contains(&format!("; expected {expected}")), "{problem}");
    }
}

#[test]
fn all_problems_are_listed_at_once() {
    let setup = Setup::new(&[("ENV", "production"), ("PORT", "x"), ("LOG_FORMAT", "y"), ("ALLOWED_ORIGINS", "*")]);
    let subjects: Vec<_> = setup.problems().into_iter().map(|problem| problem.subject).collect();
    assert_eq!(subjects, ["PORT", "ALLOWED_ORIGINS", "DATABASE_URL", "LOG_FORMAT"]);
}

#[test]
fn any_origin_is_refused_in_production_only() {
    let problem = Setup::new(PRODUCTION).set("ALLOWED_ORIGINS", "*").problem();
    assert!(problem.contains("open the API to every site, in production"), "{problem}");
    let staging = Setup::new(PRODUCTION).set("ENV", "staging").set("ALLOWED_ORIGINS", "*");
    assert_eq!(staging.load().config.http.allowed_origins, AllowedOrigins::Any);
}

#[test]
fn origins_are_written_as_browsers_write_them() {
    let setup = Setup::new(&[("ALLOWED_ORIGINS", "https://A.example:443/, http://b.example:8080,")]);
    let expected = ["https://a.example", "http://b.example:8080"].map(str::to_owned).to_vec();
    assert_eq!(setup.load().config.http.allowed_origins, AllowedOrigins::Listed(expected));
}

#[test]
fn only_an_explicit_asterisk_allows_every_site() {
    assert!(!Setup::new(&[]).load().config.http.every_origin_may_write);
    assert!(Setup::new(&[("ALLOWED_ORIGINS", "*")]).load().config.http.every_origin_may_write);
    assert!(Setup::new(&[("CORS_ORIGINS", "*")]).load().config.http.every_origin_may_write);
    assert!(!Setup::new(&[("ALLOWED_ORIGINS", "https://a.example")]).load().config.http.every_origin_may_write);
}

#[test]
fn limits_apply_outside_development() {
    assert_eq!(Setup::new(&[]).load().config.rate_limit.per_address, None);
    let limit = Setup::new(PRODUCTION).load().config.rate_limit.per_address.unwrap();
    assert_eq!((limit.requests, limit.window), (600, Duration::from_secs(60)));
    assert_eq!(Setup::new(PRODUCTION).set("RATE_LIMIT_REQUESTS", "0").load().config.rate_limit.per_address, None);
}

#[test]
fn a_small_pool_is_warm_as_a_whole() {
    let idle = |setup: Setup| setup.load().config.database.min_idle;
    assert_eq!((idle(Setup::new(&[])), idle(Setup::new(PRODUCTION))), (0, 2));
    assert_eq!(idle(Setup::new(PRODUCTION).set("DATABASE_MAX_CONNS", "1")), 1);
    assert_eq!(idle(Setup::new(PRODUCTION).set("DATABASE_MIN_IDLE", "25")), 25);
}

#[test]
fn what_belongs_to_versions_to_come_is_still_reserved() {
    for name in ["DATABASE_REPLICA_URL", "SESSION_SECRET", "SESSION_SECRET_PREVIOUS", "STORAGE_DRIVER", "STORAGE_PATH"]
    {
        let [warning] = <[String; 1]>::try_from(Setup::new(&[(name, "1")]).load().warnings).unwrap();
        assert!(warning.starts_with(&format!("{name} is set but does nothing in this version")), "{warning}");
    }
}

#[test]
fn mail_needs_a_sender_and_the_address_of_the_installation() {
    let smtp = || Setup::new(PRODUCTION).set("SMTP_URL", "smtps://u:hunter2@mail.example.org");
    let driver = |setup: Setup| setup.load().config.mail.driver;
    assert!(matches!(driver(Setup::new(&[])), MailDriver::Log), "development shows messages in the log");
    assert!(matches!(driver(Setup::new(PRODUCTION)), MailDriver::Off));
    let whole = || smtp().set("EMAIL_FROM", "Clockwork <c@example.org>").set("PUBLIC_URL", "https://time.example.org");
    let config = whole().set("BASE_PATH", "/clock").load().config.mail;
    assert!(matches!(config.driver, MailDriver::Smtp { .. }));
    assert_eq!(config.base_url, "https://time.example.org/clock");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(smtp().set("PUBLIC_URL", "https://time.example.org").problem().contains("EMAIL_FROM: not set"));
    assert!(smtp().set("EMAIL_FROM", "c@example.org").problem().contains("PUBLIC_URL"));
    assert!(whole().set("EMAIL_FROM", "c@example.org\r\nBcc: x@example.org").problem().starts_with("EMAIL_FROM"));
    assert!(Setup::new(PRODUCTION).set("EMAIL_DRIVER", "log").problem().contains("only in development"));
    assert!(Setup::new(&[("EMAIL_DRIVER", "smtp")]).problem().starts_with("SMTP_URL: not set"));
}

#[test]
fn proxies_are_addresses_and_networks() {
    let text = "10.0.0.0/8, 192.0.2.7,fd00::/8,::ffff:192.0.2.9, ::ffff:172.16.0.0/108";
    let setup = Setup::new(&[("TRUSTED_PROXIES", text)]);
    let shown: Vec<_> = setup.load().config.http.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["10.0.0.0/8", "192.0.2.7/32", "fd00::/8", "192.0.2.9/32", "172.16.0.0/12"]);
}

#[test]
fn values_that_are_not_text_are_problems() {
    use std::os::unix::ffi::OsStringExt;
    let problem = Setup::new(&[]).set("PORT", OsString::from_vec(vec![0xff])).problem();
    assert!(problem.starts_with("PORT (environment): found text that is not UTF-8"), "{problem}");
}

#[test]
fn a_password_is_never_shown() {
    let loaded = Setup::new(PRODUCTION).load();
    let printed: String = loaded.effective.iter().map(|effective| format!("{effective}\n")).collect();
    assert!(
        printed.contains("DATABASE_URL=postgres://u:***@db:5432/clockwork?sslmode=prefer  # environment"),
        "{printed}"
    );
    assert!(!format!("{printed}{:?}", loaded.config).contains("hunter2"));
    for url in [
        "postgres://u:hunter2@db:port/x",
        "postgres://u:hunter2@db/x?sslmode=maybe",
        "postgres://u:p?hunter2@db/x",
        "postgres://u:p@hunter2@db/x",
        "mysql://u:hunter2@db/x",
        "postgres://u:hunter2@/x",
    ] {
        let setup = Setup::new(&[("DATABASE_URL", url)]);
        let problem = setup.problem();
        assert!(problem.starts_with("DATABASE_URL (environment): "), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}

#[test]
fn the_migrator_needs_a_database_and_nothing_of_the_server() {
    let without = Setup::new(&[]);
    let error = MigratorConfig::load(&without.sources).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert!(error.to_string().contains("DATABASE_URL: not set; the migrator starts no database of its own"));
    let with = Setup::new(&PRODUCTION[..2]).set("PORT", "not looked at");
    assert_eq!(MigratorConfig::load(&with.sources).unwrap().config.environment, Environment::Production);
    let bad = Setup::new(&[("DATABASE_URL", "x")]);
    assert_eq!(MigratorConfig::load(&bad.sources).unwrap_err().problems.len(), 1);
}

#[test]
fn what_looks_misspelt_or_comes_later_is_a_warning() {
    let warnings = |name: &str| Setup::new(&[(name, "1")]).load().warnings;
    for (name, part) in [
        ("DATABASE_URLL", "DATABASE_URL is"),
        ("LOG_LEVELS", "LOG_LEVEL is"),
        ("ALOWED_ORIGINS", "ALLOWED_ORIGINS is"),
        ("DATABASE_STATEMENT_CACHE", "does nothing in this version"),
        ("DATABASE_REPLICA_URL", "does nothing in this version"),
        ("SESSION_SECRET", "does nothing in this version"),
        ("STORAGE_PATH_FILE", "does nothing in this version"),
        // Names of similar programs, which no distance finds.
        ("ENVIRONMENT", "use ENV"),
        ("DATABASE_DRIVER", "use DATABASE_URL, or DATABASE_HOST"),
        ("DATABASE_MAX_IDLE_CONNS", "use DATABASE_MIN_IDLE"),
        ("REDIS_MAX_RETRIES", "each server counts for itself"),
    ] {
        let [warning] = <[String; 1]>::try_from(warnings(name)).unwrap();
        assert!(warning.starts_with(&format!("{name} is set")) && warning.contains(part), "{warning}");
    }
    for innocent in ["PATH", "HOSTNAME", "PORT", "LOGNAME", "AWS_REGION", "OTEL_SDK_DISABLED", "HOSTS"] {
        assert_eq!(warnings(innocent), Vec::<String>::new(), "{innocent}");
    }
}

#[test]
fn every_declared_variable_is_read_and_every_read_one_is_declared() {
    let read: Vec<_> = Setup::new(&[]).load().effective.iter().map(|effective| effective.variable.name).collect();
    let declared: Vec<_> = every_variable().map(|variable| variable.name).collect();
    assert_eq!(read, declared);
}

#[test]
fn the_documentation_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIGURATION.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == documentation(), "docs/CONFIGURATION.md is out of date: run `just config-docs`");
}

#[test]
fn the_committed_files_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for environment in ["development", "staging", "production"] {
        assert!(root.join("config").join(format!("{environment}.toml")).is_file());
        let mut setup = Setup::new(PRODUCTION).set("ENV", environment);
        setup.sources.directory = root.clone();
        // A programmer's own `.env` may lie there and say anything; only the files' own problems count.
        let problems = Config::load(&setup.sources).err().map_or_else(Vec::new, |error| error.problems);
        let of_file: Vec<_> = problems.iter().filter(|problem| problem.to_string().contains(".toml")).collect();
        assert!(of_file.is_empty(), "{of_file:?}");
    }
}
