//! The command line of the real binary: what it says about its configuration, and with which exit code.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs `server` with these variables and no others.
fn server(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let empty = std::env::temp_dir();
    Command::new(env!("CARGO_BIN_EXE_server"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(empty)
        .output()
        .unwrap()
}

/// What `server` says with these variables, and those that find programs, when it reads this from standard input.
pub fn run_with_input(arguments: &[&str], environment: &[(&str, &str)], input: &str) -> String {
    let programs = ["PATH", "CLOCKWORK_PG_BIN", "CLOCKWORK_PG_USER"];
    let inherited = std::env::vars_os().filter(|(name, _)| programs.iter().any(|program| name == program));
    let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
        .args(arguments)
        .env_clear()
        .envs(inherited)
        .envs(environment.iter().copied())
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const SECRET: &str = "correct-horse-battery-staple";
const DATABASE: &str = "postgres://clockwork:correct-horse-battery-staple@db.example.com/clockwork?sslmode=verify-full";

#[test]
fn the_version_names_the_rules_of_time_zones() {
    let said = text(&server(&["--version"], &[]).stdout);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], format!("server {}", clockwork_core::build_info::line()));
    assert_eq!(lines[1..], [format!("time zone rules: IANA {}", clockwork_core::values::time_zone::rules())]);
    assert_eq!(text(&server(&["-V"], &[]).stdout), format!("{}\n", lines[0]));
}

#[test]
fn a_bad_configuration_is_refused_with_78_and_every_problem() {
    let output = server(&["--check-config"], &[("ENV", "production"), ("PORT", "eighty"), ("ALLOWED_ORIGINS", "*")]);
    assert_eq!(output.status.code(), Some(78));
    let said = text(&output.stderr);
    for name in ["PORT", "ALLOWED_ORIGINS", "DATABASE_URL"] {
        assert!(said.contains(name), "{name} is missing in {said}");
    }
    assert!(output.stdout.is_empty());
}

#[test]
fn starting_with_a_bad_configuration_ends_the_same_way() {
    let output = server(&[], &[("ENV", "production")]);
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output.stderr).contains("DATABASE_URL"));
}

#[test]
fn a_good_configuration_is_checked_in_silence() {
    let output = server(&["--check-config"], &[("ENV", "production"), ("DATABASE_URL", DATABASE)]);
    assert_eq!(
        (output.status.code(), text(&output.stderr), text(&output.stdout)),
        (Some(0), String::new(), String::new())
    );
}

#[test]
fn the_printed_configuration_has_values_and_their_layers_but_no_secrets() {
    let environment = [("ENV", "production"), ("PORT", "9000"), ("DATABASE_URL", DATABASE)];
    let output = server(&["--print-config"], &environment);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stdout);
    let port = said.lines().find(|line| line.starts_with("PORT=9000")).unwrap();
    assert!(port.contains("environment"), "{port}");
    assert!(said.contains("db.example.com"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
}

#[test]
fn a_bad_value_is_never_repeated_when_it_is_a_secret() {
    let url = format!("mysql://clockwork:{SECRET}@db.example.com/clockwork");
    let output = server(&["--check-config"], &[("DATABASE_URL", &url)]);
    assert_eq!(output.status.code(), Some(78));
    let said = text(&output.stderr);
    assert!(said.contains("DATABASE_URL") && !said.contains(SECRET), "{said}");
}

#[test]
fn unknown_arguments_are_a_usage_error() {
    let output = server(&["--chekc-config"], &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_openapi_document_is_the_committed_one() {
    let output = server(&["openapi"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let committed = include_str!("../../../../docs/openapi.json");
    assert!(text(&output.stdout) == committed, "docs/openapi.json is not what the routes say: run `just openapi`");
}

#[test]
fn healthcheck_does_what_the_program_of_that_name_does() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let output = server(&["healthcheck"], &[("PORT", &port)]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.starts_with(&format!("healthcheck: http://127.0.0.1:{port}/livez: ")), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    let output = server(&["healthcheck", "--ready", "https://127.0.0.1/"], &[]);
    assert_eq!(output.status.code(), Some(2));
}
