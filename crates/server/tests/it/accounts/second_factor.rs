//! The second factor.

use chrono::TimeDelta;
use futures_util::future::join_all;
use ring::hmac;
use serde_json::{Value, json};

use crate::harness::{Browser, PASSWORD, TestApp};

/// An authenticator app, written after RFC 6238 and not after the server.
struct AuthenticatorApp {
    key: hmac::Key,
}

impl AuthenticatorApp {
    fn reading(secret: &str) -> Self {
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String = secret.chars().map(|c| format!("{:05b}", digits.find(c).unwrap())).collect();
        let bytes: Vec<u8> = bits
            .as_bytes()
            .chunks_exact(8)
            .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
            .collect();
        Self { key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes) }
    }

    fn code(&self, app: &TestApp) -> String {
        self.code_at(app.now().timestamp())
    }

    fn code_at(&self, seconds: i64) -> String {
        let mac = hmac::sign(&self.key, &(seconds / 30).to_be_bytes());
        let bytes = mac.as_ref();
        let offset = usize::from(bytes[19] & 15);
        let number = u32::from_be_bytes(bytes[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

fn credentials(code: Option<&str>) -> Value {
    json!({"email": "ada@example.org", "password": PASSWORD, "code": code})
}

/// The owner with a second factor, the app, and the recovery codes.
async fn protected(app: &TestApp) -> (Browser<'_>, AuthenticatorApp, Vec<String>) {
    let owner = app.owned_by("ada@example.org").await;
    let begun = owner.act("/api/auth/second-factor").await.created().json;
    let secret = begun["secret"].as_str().unwrap();
    assert_eq!(begun["uri"], format!("otpauth://totp/Clockwork:ada%40example%2Eorg?secret={secret}&issuer=Clockwork"));
    assert!(begun["qr"]["path"].as_str().unwrap().starts_with("M4 4h7v1h-7z"), "{}", begun["qr"]["path"]);
    let authenticator = AuthenticatorApp::reading(secret);
    // Nothing is asked for until a code was shown.
    Browser::new(app).post("/api/auth/sign-in", credentials(None)).await.ok();
    let confirm = |code: String| owner.post("/api/auth/second-factor/confirm", json!({"code": code}));
    confirm("000000".to_owned()).await.refused(400, "invalid_code").names("code", "wrong_code");
    let codes = confirm(authenticator.code(app)).await.ok().json["recoveryCodes"].clone();
    let codes: Vec<String> = serde_json::from_value(codes).unwrap();
    assert_eq!(codes.len(), 10);
    app.advance(TimeDelta::seconds(30));
    (owner, authenticator, codes)
}

#[actix_web::test]
async fn a_code_is_asked_for_and_works_once() {
    let app = TestApp::with_accounts().await;
    let (_, authenticator, _) = protected(&app).await;
    let browser = Browser::new(&app);
    let sign_in = |code: Option<String>| {
        let body = credentials(code.as_deref());
        browser.post("/api/auth/sign-in", body)
    };
    sign_in(None).await.refused(401, "code_required");
    assert!(!browser.is_signed_in().await);
    let wrong =
        json!({"email": "ada@example.org", "password": "not the right password", "code": authenticator.code(&app)});
    browser.post("/api/auth/sign-in", wrong).await.refused(401, "wrong_credentials");
    sign_in(Some("123456".to_owned())).await.refused(401, "wrong_code");
    let code = authenticator.code(&app);
    let both = join_all([sign_in(Some(code.clone())), sign_in(Some(code.clone()))]).await;
    let mut statuses: Vec<_> = both.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "of two with one code at once, one");
    sign_in(Some(code)).await.refused(401, "wrong_code");
    // A code of the step before, of which a later one was used, is none either.
    app.advance(TimeDelta::seconds(30));
    let early = authenticator.code_at(app.now().timestamp() + 30);
    sign_in(Some(early)).await.ok();
    sign_in(Some(authenticator.code(&app))).await.refused(401, "wrong_code");
}

#[actix_web::test]
async fn a_recovery_code_works_once_in_any_spelling() {
    let app = TestApp::with_accounts().await;
    let (owner, _, codes) = protected(&app).await;
    let browser = Browser::new(&app);
    let spelt = format!("{} {}", codes[0][..8].to_uppercase(), &codes[0][8..]);
    browser.post("/api/auth/sign-in", credentials(Some(&spelt))).await.ok();
    browser.post("/api/auth/sign-in", credentials(Some(&codes[0]))).await.refused(401, "wrong_code");
    assert_eq!(owner.get("/api/auth/session").await.ok().json["user"]["recoveryCodesLeft"], 9);
    let new = owner.act("/api/auth/second-factor/recovery-codes").await.ok().json["recoveryCodes"].clone();
    browser.post("/api/auth/sign-in", credentials(Some(&codes[1]))).await.refused(401, "wrong_code");
    browser.post("/api/auth/sign-in", credentials(new[0].as_str())).await.ok();
    let plain = format!("SELECT count(*) FROM recovery_codes r WHERE r::text LIKE '%{}%'", new[1].as_str().unwrap());
    assert_eq!(app.count(&plain).await, 0, "the codes themselves are not stored");
}

#[actix_web::test]
async fn removing_it_asks_for_the_password_and_a_code() {
    let app = TestApp::with_accounts().await;
    let (owner, authenticator, _) = protected(&app).await;
    owner.act("/api/auth/second-factor").await.refused(409, "second_factor_exists");
    let remove = |body: Value| owner.post("/api/auth/second-factor/remove", body);
    remove(json!({"password": "not the right password"})).await.refused(401, "wrong_credentials");
    remove(json!({"password": PASSWORD})).await.refused(401, "code_required");
    remove(json!({"password": PASSWORD, "code": authenticator.code(&app)})).await.is(204);
    assert!(owner.is_signed_in().await);
    Browser::new(&app).post("/api/auth/sign-in", credentials(None)).await.ok();
    owner.act("/api/auth/second-factor/recovery-codes").await.refused(409, "no_second_factor");
    assert_eq!(app.count("SELECT count(*) FROM recovery_codes").await, 0);
}

#[actix_web::test]
async fn a_new_password_by_mail_does_not_go_around_it() {
    let app = TestApp::with_accounts().await;
    let (_, authenticator, _) = protected(&app).await;
    let browser = Browser::new(&app);
    browser.post("/api/auth/forgotten", json!({"email": "ada@example.org"})).await.is(202);
    let body = json!({"token": app.mails.token("ada@example.org"), "password": "another horse battery"});
    browser.post("/api/auth/reset", body).await.is(204);
    assert!(!browser.is_signed_in().await);
    let body = json!({"email": "ada@example.org", "password": "another horse battery"});
    browser.post("/api/auth/sign-in", body.clone()).await.refused(401, "code_required");
    let mut body = body;
    body["code"] = json!(authenticator.code(&app));
    browser.post("/api/auth/sign-in", body).await.ok();
}

#[actix_web::test]
async fn guessing_codes_has_to_wait() {
    let app = TestApp::with_accounts().await;
    protected(&app).await;
    let browser = Browser::new(&app);
    let guesses = (0..20).map(|n| {
        let body = credentials(Some(&format!("{n:06}")));
        browser.post("/api/auth/sign-in", body)
    });
    let statuses: Vec<_> = join_all(guesses).await.iter().map(|answer| answer.status.as_u16()).collect();
    assert!(statuses.iter().filter(|status| **status == 401).count() <= 6, "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
}
