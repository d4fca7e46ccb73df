//! The built client: every path that is no other's.

use std::fs;
use std::path::Path;

use reqwest::Method;
use reqwest::header::HeaderValue;
use tempfile::TempDir;

use crate::harness::{Answer, TestApp, config, config_with, migrated_database};

const INDEX: &str = "<!doctype html><title>Clockwork</title>";
const SCRIPT: &str = "export const answer = 42;";

/// What `vite build` leaves: the page, files with a hash in their name, and others.
fn built() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("assets")).unwrap();
    for (path, content) in [
        ("index.html", INDEX),
        ("favicon.svg", "<svg/>"),
        ("site.webmanifest", "{}"),
        (".secret", "hidden"),
        ("assets/index-D4kq2x.js", SCRIPT),
        ("assets/index-D4kq2x.js.br", "as brotli"),
        ("assets/index-D4kq2x.js.gz", "as gzip"),
        ("assets/style-Bx81aa.css", "body { color: red }"),
    ] {
        fs::write(dir.path().join(path), content).unwrap();
    }
    dir
}

async fn app(dir: &Path) -> TestApp {
    let database = migrated_database().await;
    let mut config = config(&database.url());
    config.static_files.dir = dir.to_owned();
    TestApp::with_config(database, config).await
}

/// Published under a path, with a page as the build leaves it.
async fn app_below(dir: &Path, base_path: &str) -> TestApp {
    fs::write(dir.join("index.html"), r#"<script type="module" src="./assets/index-D4kq2x.js"></script><a href="/x">"#)
        .unwrap();
    let database = migrated_database().await;
    let mut config = config_with(&database.url(), &[("BASE_PATH", base_path)]);
    config.static_files.dir = dir.to_owned();
    TestApp::with_config(database, config).await
}

async fn send(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = TestApp::http_client().request(method, format!("{}{path}", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::read(request.send().await.unwrap()).await
}

async fn get(app: &TestApp, path: &str) -> Answer {
    send(app, Method::GET, path, &[("accept", "text/html,application/xhtml+xml")]).await
}

#[actix_web::test]
async fn the_page_is_served_for_every_path_of_the_client_and_never_kept() {
    let dir = built();
    let app = app(dir.path()).await;
    for path in ["/", "/index.html", "/projects", "/projects/0190/categories", "/reports?from=2026-01-01", "/apiary"] {
        let answer = get(&app, path).await.ok();
        assert_eq!(answer.text, INDEX, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("etag"), "");
    }
    let head = send(&app, Method::HEAD, "/projects", &[]).await.ok();
    assert_eq!((head.text.as_str(), head.header("content-length")), ("", "39"));
}

#[actix_web::test]
async fn a_page_that_was_built_anew_or_for_the_first_time_is_served() {
    let dir = built();
    let page = dir.path().join("index.html");
    fs::remove_file(&page).unwrap();
    let app = app(dir.path()).await;
    get(&app, "/").await.is(404);
    for text in [INDEX, "<!doctype html><title>Clockwork, the next</title>"] {
        fs::write(&page, text).unwrap();
        for _ in 0..2 {
            assert_eq!(get(&app, "/").await.ok().text, text);
        }
    }
    fs::remove_file(&page).unwrap();
    get(&app, "/").await.is(404);
}

#[actix_web::test]
async fn a_tag_is_weak_where_an_answer_may_be_compressed_on_its_way() {
    let dir = built();
    let app = app(dir.path()).await;
    for accepted in ["gzip", "identity"] {
        let answer = send(&app, Method::GET, "/assets/style-Bx81aa.css", &[("accept-encoding", accepted)]).await.ok();
        assert!(answer.header("etag").starts_with("W/\""), "{accepted}: {}", answer.header("etag"));
    }
    let whole = send(&app, Method::GET, "/assets/index-D4kq2x.js", &[("accept-encoding", "br")]).await.ok();
    assert!(whole.header("etag").starts_with('"'), "no other bytes have this one: {}", whole.header("etag"));
    let part = send(&app, Method::GET, "/favicon.svg", &[("range", "bytes=0-2")]).await.is(206);
    assert!(part.header("etag").starts_with('"'), "{}", part.header("etag"));
}

#[actix_web::test]
async fn programs_and_files_that_are_not_there_get_404() {
    let dir = built();
    let app = app(dir.path()).await;
    for path in ["/assets/index-OLD.js", "/robots.txt", "/projects/old.js", "/favicon.ico"] {
        get(&app, path).await.refused(404, "not_found");
    }
    send(&app, Method::GET, "/projects", &[("accept", "application/json")]).await.refused(404, "not_found");
    send(&app, Method::GET, "/projects", &[("accept", "image/*, text/html;q=0")]).await.refused(404, "not_found");
    send(&app, Method::GET, "/projects", &[("accept", "*/*")]).await.ok();
}

#[actix_web::test]
async fn other_methods_are_refused() {
    let dir = built();
    let app = app(dir.path()).await;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = send(&app, method, "/projects", &[]).await.refused(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
}

#[actix_web::test]
async fn the_api_never_answers_with_the_page() {
    let dir = built();
    let app = app(dir.path()).await;
    for path in ["/api", "/api/", "/api/nothing", "/%61pi/nothing", "//api/nothing"] {
        get(&app, path).await.refused(404, "not_found");
    }
    get(&app, "/api/projects//categories").await.refused(400, "invalid_id");
}

#[actix_web::test]
async fn hashed_files_are_kept_for_ever_in_the_smallest_form() {
    let dir = built();
    let app = app(dir.path()).await;
    let path = "/assets/index-D4kq2x.js";
    for (accepted, encoding, content) in [
        ("gzip, deflate, br, zstd", "br", "as brotli"),
        ("gzip", "gzip", "as gzip"),
        ("br;q=0, gzip", "gzip", "as gzip"),
        ("identity", "", SCRIPT),
    ] {
        let answer = send(&app, Method::GET, path, &[("accept-encoding", accepted)]).await.ok();
        assert_eq!((answer.header("content-encoding"), answer.text.as_str()), (encoding, content), "{accepted}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-type"), "text/javascript");
        assert!(answer.header("vary").starts_with("accept-encoding"), "{}", answer.header("vary"));
    }
    let answer = send(&app, Method::GET, path, &[]).await.ok();
    assert_eq!((answer.header("content-encoding"), answer.text.as_str()), ("", SCRIPT));
}

#[actix_web::test]
async fn other_files_are_asked_for_again_and_answered_with_304() {
    let dir = built();
    let app = app(dir.path()).await;
    for (path, kind) in [("/favicon.svg", "image/svg+xml"), ("/site.webmanifest", "application/manifest+json")] {
        let answer = get(&app, path).await.ok();
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(answer.header("cache-control"), "no-cache");
        let etag = answer.header("etag").to_owned();
        assert!(!etag.is_empty());
        let again = send(&app, Method::GET, path, &[("if-none-match", &etag)]).await.is(304);
        assert_eq!((again.text.as_str(), again.header("cache-control")), ("", "no-cache"));
        send(&app, Method::GET, path, &[("if-none-match", "\"other\"")]).await.ok();
    }
    fs::write(dir.path().join("favicon.svg"), "<svg></svg>").unwrap();
    assert_eq!(get(&app, "/favicon.svg").await.ok().text, "<svg></svg>", "a new build needs no restart");
}

#[actix_web::test]
async fn a_file_without_a_smaller_copy_is_compressed_on_its_way() {
    let dir = built();
    fs::write(dir.path().join("assets/big-Aa.css"), "body { color: red }\n".repeat(1_000)).unwrap();
    let app = app(dir.path()).await;
    let accept = [("accept-encoding", "gzip")];
    let url = format!("{}/assets/big-Aa.css", app.url);
    let answer = TestApp::http_client().get(url).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(answer.bytes().await.unwrap().len() < 1_000);
    let part = [accept[0], ("range", "bytes=0-3")];
    let answer = send(&app, Method::GET, "/assets/big-Aa.css", &part).await.is(206);
    assert_eq!((answer.text.as_str(), answer.header("content-range")), ("body", "bytes 0-3/20000"));
}

#[actix_web::test]
async fn nothing_outside_of_the_directory_is_reached() {
    let parent = tempfile::tempdir().unwrap();
    fs::write(parent.path().join("outside.txt"), "outside").unwrap();
    let dir = parent.path().join("dist");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("index.html"), INDEX).unwrap();
    fs::write(dir.join(".secret"), "hidden").unwrap();
    let app = app(&dir).await;
    for path in [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/assets/..%2f..%2foutside.txt",
        "/..%5coutside.txt",
        "/.secret",
        "/%2esecret",
        "/outside.txt%00.html",
        "/%ff",
        "/etc/passwd.txt",
        "//etc/passwd.txt",
    ] {
        let answer = raw(&app, path).await;
        assert!(answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
        assert!(!answer.contains("outside\r\n") && !answer.contains("hidden"), "{path}: {answer}");
    }
}

/// A request as it is written: clients tidy paths up.
async fn raw(app: &TestApp, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn without_a_built_client_the_page_says_how_to_build_it() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(&dir.path().join("nothing")).await;
    let answer = get(&app, "/").await.is(404);
    assert!(answer.text.contains("just client"), "{}", answer.text);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    app.get("/api/projects").await.ok();
}

#[actix_web::test]
async fn below_a_path_all_is_served_with_it_and_without_and_named_with_it() {
    let dir = built();
    let app = app_below(dir.path(), "/tools/clockwork").await;
    let follows_nothing = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let below = |path: &str| HeaderValue::from_str(&format!("/tools/clockwork{path}")).unwrap();
    // As a proxy passes it on, and as one that cuts it off does.
    for base in ["/tools/clockwork", ""] {
        for path in ["", "/", "/projects/0190"] {
            let answer = get(&app, &format!("{base}{path}")).await.ok();
            assert!(answer.text.contains(r#"src="/tools/clockwork/assets/index-D4kq2x.js""#), "{}", answer.text);
            assert!(answer.text.contains(r#"href="/x""#), "{}", answer.text);
        }
        let script = get(&app, &format!("{base}/assets/index-D4kq2x.js")).await.ok();
        assert!(script.header("cache-control").contains("immutable"));
        for probe in ["/livez", "/readyz", "/healthz"] {
            assert_eq!(get(&app, &format!("{base}{probe}")).await.status, 200, "{base}{probe}");
        }
        let document = app.get(&format!("{base}/api/openapi.json")).await.ok();
        assert_eq!(document.json["servers"][0]["url"], "/tools/clockwork");
        let docs = follows_nothing.get(format!("{}{base}/api/docs", app.url)).send().await.unwrap();
        assert_eq!((docs.status().as_u16(), &docs.headers()["location"]), (302, &below("/api/docs/index.html")));
        let settings = get(&app, &format!("{base}/api/docs/swagger-initializer.js")).await.ok();
        assert!(settings.text.contains("/tools/clockwork/api/openapi.json"), "{}", settings.text);
    }
    let category = app.category(&app.project("Site").await, "Build").await;
    for hour in 0..3 {
        app.entry(&category, hour * 60, hour * 60 + 30).await;
    }
    let page = app.get("/tools/clockwork/api/time/entries?limit=2").await.ok();
    let next = page.header("link").split_once('>').unwrap().0.trim_start_matches('<').to_owned();
    assert!(next.starts_with("/tools/clockwork/api/time/entries?limit=2&cursor="), "{next}");
    assert_eq!(app.get(&next).await.ok().json.as_array().unwrap().len(), 1);
    assert!(app.get("/tools/clockwork/api/me").await.json["user"].is_object());
    for elsewhere in ["/tools", "/tools/clockworks/api/me", "/tools/api/me"] {
        assert!(app.get(elsewhere).await.json["user"].is_null(), "{elsewhere}");
    }
}
