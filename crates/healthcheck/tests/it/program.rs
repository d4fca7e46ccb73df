//! Every kind of answer, and of none.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Output},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

/// Answers one connection; what was asked comes through the channel.
fn server(answer: impl FnOnce(TcpStream) + Send + 'static) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, asks) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap_or(0);
        let _ = asked.send(String::from_utf8_lossy(&request[..length]).into_owned());
        answer(stream);
    });
    (port, asks)
}

fn says(text: &'static str) -> impl FnOnce(TcpStream) + Send + 'static {
    move |mut stream| {
        let _ = stream.write_all(text.as_bytes());
    }
}

fn healthcheck(arguments: &[&str], port: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcheck"));
    command
        .args(arguments)
        .env_remove("PORT")
        .env("http_proxy", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9");
    if let Some(port) = port {
        command.env("PORT", port);
    }
    command.output().unwrap()
}

fn ask(port: u16) -> Output {
    healthcheck(&[&format!("http://127.0.0.1:{port}/livez")], None)
}

/// The one line on stderr.
#[track_caller]
fn refusal(output: &Output, code: i32) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("healthcheck: ") && text.ends_with('\n'), "{text}");
    assert!(output.stdout.is_empty());
    text
}

#[track_caller]
fn healthy(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn asks_for_life_on_the_port_of_the_environment() {
    let (port, asks) = server(says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    healthy(&healthcheck(&[], Some(&port.to_string())));
    assert!(asks.recv().unwrap().starts_with("GET /livez HTTP/1.1\r\n"));
}

#[test]
fn asks_for_readiness() {
    let (port, asks) = server(says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    healthy(&healthcheck(&["--ready"], Some(&port.to_string())));
    assert!(asks.recv().unwrap().starts_with("GET /readyz HTTP/1.1\r\n"));
}

#[test]
fn asks_a_given_url_as_it_is() {
    let (port, asks) = server(says("HTTP/1.1 204 No Content\r\n\r\n"));
    healthy(&healthcheck(&[&format!("http://127.0.0.1:{port}/a/path?query=1")], Some("9")));
    assert!(asks.recv().unwrap().starts_with("GET /a/path?query=1 HTTP/1.1\r\n"));
}

#[test]
fn the_body_is_not_waited_for() {
    let (port, _asks) = server(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        thread::sleep(Duration::from_secs(20));
    });
    healthy(&ask(port));
}

#[test]
fn other_answers_are_unhealthy() {
    for (answer, named) in [
        ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "503 Service Unavailable"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404 Not Found"),
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", "302 Found"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "livez"),
        ("SSH/2 200 OK\r\n\r\n", "livez"),
        ("", "livez"),
    ] {
        let (port, _asks) = server(says(answer));
        let text = refusal(&ask(port), 1);
        assert!(text.contains(named), "{text}");
    }
}

#[test]
fn no_server_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = refusal(&ask(port), 1);
    assert!(text.contains(&format!("http://127.0.0.1:{port}/livez")), "{text}");
    assert!(text.contains("refused"), "{text}");
}

#[test]
fn a_server_that_does_not_answer_is_given_up_on() {
    let silent = server(|_stream| thread::sleep(Duration::from_secs(20)));
    let dripping = server(|mut stream| {
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: ".iter().chain([b'x'; 400].iter()) {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    });
    for (port, _asks) in [silent, dripping] {
        let begun = Instant::now();
        let text = refusal(&ask(port), 1);
        assert!(text.contains("timeout"), "{text}");
        assert!(begun.elapsed() >= Duration::from_millis(1900), "{:?}", begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}

#[test]
fn wrong_urls_are_wrong_usage() {
    for (url, named) in [
        ("https://127.0.0.1:8080/livez", "https is not supported"),
        ("HTTPS://127.0.0.1/", "https is not supported"),
        ("127.0.0.1:8080", "not a URL of the form http://host:port/path"),
        ("ftp://127.0.0.1/", "not a URL of the form http://host:port/path"),
        ("http://", "not a URL of the form http://host:port/path"),
        ("http:///livez", "not a URL of the form http://host:port/path"),
        ("http://127.0.0.1:99999/", "not a URL of the form http://host:port/path"),
        ("http://127.0.0.1:eighty/", "not a URL of the form http://host:port/path"),
        ("http://exa mple/", "not a URL of the form http://host:port/path"),
        ("", "not a URL of the form http://host:port/path"),
    ] {
        let text = refusal(&healthcheck(&[url], None), 2);
        assert!(text.contains(named), "{url}: {text}");
    }
    let text = refusal(&healthcheck(&[], Some("eighty")), 2);
    assert!(text.contains("PORT is \"eighty\""), "{text}");
    assert!(refusal(&healthcheck(&["--ready", "http://127.0.0.1/"], None), 2).contains("either a URL or --ready"));
}

#[test]
fn unknown_options_show_the_usage() {
    for arguments in [&["--live"][..], &["http://127.0.0.1/", "http://127.0.0.1/"]] {
        let output = healthcheck(arguments, None);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage: healthcheck [--ready | URL | --version]"));
    }
    let output = healthcheck(&["--help"], None);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("usage: healthcheck"));
}

#[test]
fn says_which_build_it_is() {
    let output = healthcheck(&["--version"], None);
    assert_eq!(output.status.code(), Some(0));
    let line = format!("healthcheck {}\n", clockwork_probe::build_info::line());
    assert_eq!(String::from_utf8_lossy(&output.stdout), line);
}
