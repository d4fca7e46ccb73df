//! Signing in with a provider (OpenID Connect), against one that gives bad tokens on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use actix_web::rt::task::JoinHandle;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair};
use ring::{hmac, rand};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::harness::{Answer, Browser, Mails, PASSWORD, TestApp, config_with, migrated_database};

const CLIENT: &str = "clockwork-test";
const SECRET: &str = "s3cret of the client";

/// What the provider does.
struct Behaviour {
    issuer: String,
    key: Ed25519KeyPair,
    /// Changes to the claims of tokens; null removes one.
    claims: Value,
    /// Header of tokens, with the algorithm.
    header: Value,
    /// How tokens are signed.
    signature: Signature,
    /// Codes that were given, with the challenge and the nonce of each.
    codes: BTreeMap<String, (String, String)>,
    /// What the userinfo endpoint says; null when there is none.
    userinfo: Value,
    names_issuer: bool,
    has_sign_out: bool,
    now: i64,
}

enum Signature {
    Good,
    Another,
    None,
    /// HS256 with the public key, which is no secret.
    PublicKeyAsSecret,
}

/// A provider on a port of its own. Stopped with this value.
struct FakeProvider {
    behaviour: Arc<Mutex<Behaviour>>,
    issuer: String,
    running: JoinHandle<()>,
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn key() -> Ed25519KeyPair {
    let document = Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Behaviour {
    fn token(&self, claims: &Value) -> String {
        let mut claims = claims.clone();
        for (name, value) in self.claims.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        let signed = format!("{}.{}", encoded(self.header.to_string()), encoded(claims.to_string()));
        let signature = match self.signature {
            Signature::Good => encoded(self.key.sign(signed.as_bytes())),
            Signature::Another => encoded(key().sign(signed.as_bytes())),
            Signature::None => String::new(),
            Signature::PublicKeyAsSecret => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.public_key().as_ref());
                encoded(hmac::sign(&key, signed.as_bytes()))
            }
        };
        format!("{signed}.{signature}")
    }

    fn usual_claims(&self) -> Value {
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "subject-1", "sid": "session-1", "iat": self.now,
            "exp": self.now + 300, "email": "ada@example.org", "email_verified": true, "name": "Ada Lovelace",
        })
    }
}

async fn discovery(state: Data<Mutex<Behaviour>>) -> HttpResponse {
    let state = state.lock().unwrap();
    let issuer = &state.issuer;
    HttpResponse::Ok().json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": (!state.userinfo.is_null()).then(|| format!("{issuer}/userinfo")),
        "authorization_response_iss_parameter_supported": state.names_issuer,
        "end_session_endpoint": state.has_sign_out.then(|| format!("{issuer}/end?tenant=1")),
    }))
}

async fn keys(state: Data<Mutex<Behaviour>>) -> HttpResponse {
    let x = encoded(state.lock().unwrap().key.public_key().as_ref());
    HttpResponse::Ok()
        .json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "use": "sig", "alg": "EdDSA", "x": x}]}))
}

async fn userinfo(req: HttpRequest, state: Data<Mutex<Behaviour>>) -> HttpResponse {
    if req.headers().get("Authorization").is_none_or(|header| header != "Bearer access-1") {
        return HttpResponse::Unauthorized().finish();
    }
    HttpResponse::Ok().json(&state.lock().unwrap().userinfo)
}

async fn token(req: HttpRequest, body: String, state: Data<Mutex<Behaviour>>) -> HttpResponse {
    let basic = req.headers().get("Authorization").unwrap().to_str().unwrap();
    let basic = String::from_utf8(STANDARD.decode(basic.strip_prefix("Basic ").unwrap()).unwrap()).unwrap();
    assert_eq!(basic, format!("{CLIENT}:{}", SECRET.replace(' ', "+")));
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let mut state = state.lock().unwrap();
    // A code works once, and only with the verifier of its challenge (PKCE).
    let Some((challenge, nonce)) = state.codes.remove(&form["code"]) else {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    };
    if encoded(Sha256::digest(form["code_verifier"].as_bytes())) != challenge {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    }
    let mut claims = state.usual_claims();
    claims["nonce"] = json!(nonce);
    HttpResponse::Ok()
        .json(json!({"id_token": state.token(&claims), "access_token": "access-1", "token_type": "Bearer"}))
}

impl FakeProvider {
    fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let behaviour = Arc::new(Mutex::new(Behaviour {
            issuer: issuer.clone(),
            key: key(),
            claims: json!({}),
            header: json!({"alg": "EdDSA", "kid": "k1"}),
            signature: Signature::Good,
            codes: BTreeMap::new(),
            userinfo: Value::Null,
            names_issuer: true,
            has_sign_out: false,
            now: crate::harness::start_of_test().timestamp(),
        }));
        let state: Data<Mutex<Behaviour>> = Data::from(behaviour.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/.well-known/openid-configuration", web::get().to(discovery))
                .route("/keys", web::get().to(keys))
                .route("/token", web::post().to(token))
                .route("/userinfo", web::get().to(userinfo))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        Self { behaviour, issuer, running: actix_web::rt::spawn(async move { server.await.unwrap() }) }
    }

    fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.behaviour.lock().unwrap());
    }

    /// Signs the user in there: the query with which the browser comes back.
    fn consent(&self, location: &str) -> String {
        let url = Url::parse(location).unwrap();
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert!(location.starts_with(&format!("{}/authorize?", self.issuer)), "{location}");
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(
            (asked["code_challenge_method"].as_str(), asked["scope"].as_str()),
            ("S256", "openid email profile")
        );
        let mut state = self.behaviour.lock().unwrap();
        let code = format!("code-{}", &asked["state"][..8]);
        state.codes.insert(code.clone(), (asked["code_challenge"].clone(), asked["nonce"].clone()));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", &asked["state"]).append_pair("code", &code);
        if state.names_issuer {
            query.append_pair("iss", &self.issuer);
        }
        query.finish()
    }
}

async fn app_with(providers: &[(&str, &FakeProvider)], settings: &[(&str, &str)]) -> TestApp {
    let database = migrated_database().await;
    let mut all =
        vec![("AUTH_MODE".to_owned(), "accounts".to_owned()), ("PUBLIC_URL".to_owned(), "http://localhost".to_owned())];
    for (name, provider) in providers {
        all.push((format!("OIDC_{name}_ISSUER"), provider.issuer.clone()));
        all.push((format!("OIDC_{name}_CLIENT_ID"), CLIENT.to_owned()));
        all.push((format!("OIDC_{name}_CLIENT_SECRET"), SECRET.to_owned()));
    }
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    all.extend(settings);
    let borrowed: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let config = config_with(&database.url(), &borrowed);
    TestApp::with_config_and_mails(database, config, Mails::default()).await
}

async fn begin(browser: &Browser<'_>, body: Value) -> String {
    browser.post("/api/auth/sign-on", body).await.ok().json["location"].as_str().unwrap().to_owned()
}

async fn come_back(browser: &Browser<'_>, query: &str) -> Answer {
    browser.get(&format!("/api/auth/sign-on/corp/callback?{query}")).await.is(303)
}

/// Signs in with the provider; where the browser ends.
async fn sign_on(browser: &Browser<'_>, provider: &FakeProvider) -> String {
    let location = begin(browser, json!({"provider": "corp"})).await;
    come_back(browser, &provider.consent(&location)).await.header("location").to_owned()
}

#[actix_web::test]
async fn a_linked_user_signs_in_and_goes_where_they_wanted() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[]).await;
    let owner = app.owned_by("ada@example.org").await;
    let session = owner.get("/api/auth/session").await.ok().json;
    assert_eq!(session["providers"], json!([{"name": "corp", "label": "corp"}]));
    let browser = Browser::new(&app);
    let location = begin(&browser, json!({"provider": "corp", "returnTo": "/reports?from=today"})).await;
    let back = come_back(&browser, &provider.consent(&location)).await;
    assert_eq!(back.header("location"), "/reports?from=today");
    let me = browser.get("/api/me").await.ok().json;
    assert_eq!((&me["user"]["email"], &me["role"]), (&json!("ada@example.org"), &json!("owner")));
    // The next time by the subject, whatever the address is by then.
    provider.set(|behaviour| behaviour.claims = json!({"email": "lovelace@example.org"}));
    let again = Browser::new(&app);
    assert_eq!(sign_on(&again, &provider).await, "/");
    assert_eq!(again.get("/api/me").await.ok().json["user"]["email"], "ada@example.org");
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let body = json!({"provider": "corp", "returnTo": elsewhere});
        browser.post("/api/auth/sign-on", body).await.refused(400, "invalid_path").names("returnTo", "invalid_format");
    }
    browser.post("/api/auth/sign-on", json!({"provider": "nope"})).await.refused(404, "not_found");
}

#[actix_web::test]
async fn signing_out_leads_to_the_provider_that_vouched_for_the_session_if_it_has_a_page_for_it() {
    for has_sign_out in [false, true] {
        let provider = FakeProvider::start();
        provider.set(|behaviour| behaviour.has_sign_out = has_sign_out);
        let app = app_with(&[("CORP", &provider)], &[]).await;
        let owner = app.owned_by("ada@example.org").await;
        let browser = Browser::new(&app);
        sign_on(&browser, &provider).await;
        let answer = browser.act("/api/auth/sign-out").await;
        if has_sign_out {
            let location = Url::parse(answer.ok().json["location"].as_str().unwrap()).unwrap();
            assert!(location.as_str().starts_with(&format!("{}/end?tenant=1&", provider.issuer)), "{location}");
            let query: BTreeMap<String, String> = location.query_pairs().into_owned().collect();
            assert_eq!(
                (query["client_id"].as_str(), query["post_logout_redirect_uri"].as_str()),
                (CLIENT, "http://localhost/sign-in")
            );
        } else {
            answer.is(204);
        }
        assert!(!browser.is_signed_in().await);
        // A session by password, and no session at all, lead nowhere.
        owner.act("/api/auth/sign-out").await.is(204);
        owner.act("/api/auth/sign-out").await.is(204);
    }
}

#[actix_web::test]
async fn every_bad_token_is_refused() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[]).await;
    app.owned_by("ada@example.org").await;
    let now = app.now().timestamp();
    let cases: Vec<(&str, Value, Value, Signature)> = vec![
        ("another audience", json!({"aud": "another-client"}), json!("EdDSA"), Signature::Good),
        (
            "several audiences without a party",
            json!({"aud": [CLIENT, "another-client"]}),
            json!("EdDSA"),
            Signature::Good,
        ),
        ("another party", json!({"azp": "another-client"}), json!("EdDSA"), Signature::Good),
        ("no audience", json!({"aud": null}), json!("EdDSA"), Signature::Good),
        ("another issuer", json!({"iss": "https://evil.example"}), json!("EdDSA"), Signature::Good),
        ("no issuer", json!({"iss": null}), json!("EdDSA"), Signature::Good),
        ("another nonce", json!({"nonce": "stolen"}), json!("EdDSA"), Signature::Good),
        ("no nonce", json!({"nonce": null}), json!("EdDSA"), Signature::Good),
        ("ended", json!({"exp": now - 61}), json!("EdDSA"), Signature::Good),
        ("no end", json!({"exp": null}), json!("EdDSA"), Signature::Good),
        ("from the future", json!({"iat": now + 120}), json!("EdDSA"), Signature::Good),
        ("no subject", json!({"sub": null}), json!("EdDSA"), Signature::Good),
        ("another key", json!({}), json!("EdDSA"), Signature::Another),
        ("no signature", json!({}), json!("EdDSA"), Signature::None),
        ("alg none", json!({}), json!("none"), Signature::None),
        ("alg None", json!({}), json!("None"), Signature::None),
        ("HS256 with the public key", json!({}), json!("HS256"), Signature::PublicKeyAsSecret),
        ("an algorithm of another kind of key", json!({}), json!("ES256"), Signature::Good),
        ("an address that is not verified", json!({"email_verified": false}), json!("EdDSA"), Signature::Good),
        ("no address", json!({"email": null}), json!("EdDSA"), Signature::Good),
    ];
    for (what, claims, alg, signature) in cases {
        provider.set(|behaviour| {
            behaviour.claims = claims;
            behaviour.header = json!({"alg": alg, "kid": "k1"});
            behaviour.signature = signature;
        });
        let browser = Browser::new(&app);
        let end = sign_on(&browser, &provider).await;
        assert!(end.starts_with("/sign-in?error=sign_on_"), "{what}: {end}");
        assert!(!browser.is_signed_in().await, "{what}");
    }
    assert_eq!(app.count("SELECT count(*) FROM sign_on_identities").await, 0);
    provider.set(|behaviour| {
        behaviour.claims = json!({"aud": [CLIENT, "another-client"], "azp": CLIENT});
        behaviour.header = json!({"alg": "EdDSA"});
        behaviour.signature = Signature::Good;
    });
    assert_eq!(sign_on(&Browser::new(&app), &provider).await, "/", "and a good one does");
}

#[actix_web::test]
async fn claims_that_the_token_leaves_out_come_from_the_userinfo_endpoint() {
    let provider = FakeProvider::start();
    let about = |changes: Value| {
        let mut userinfo =
            json!({"sub": "subject-1", "email": "ada@example.org", "email_verified": true, "groups": ["leads"]});
        userinfo.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        userinfo
    };
    let app = app_with(
        &[("CORP", &provider)],
        &[("OIDC_CORP_ROLE_CLAIM", "groups"), ("OIDC_CORP_ROLE_MAP", "leads=manager,staff=viewer")],
    )
    .await;
    app.owned_by("owner@example.org").await;
    app.add_account("ada@example.org", "member").await;
    let without = json!({"email": null, "email_verified": null});
    // Another user's claims, an address that nothing verifies, and one that the token says otherwise.
    for (what, claims, userinfo) in [
        ("another user", without.clone(), about(json!({"sub": "subject-2"}))),
        ("no user", without.clone(), about(json!({"sub": null}))),
        ("an address that is not verified", without.clone(), about(json!({"email_verified": false}))),
        ("verified by the other one", json!({"email_verified": null}), about(json!({}))),
        ("an address that the token does not verify", json!({"email_verified": false}), about(json!({}))),
        ("no address", without.clone(), about(json!({"email": null}))),
        ("no JSON object", without.clone(), json!("ada@example.org")),
    ] {
        provider.set(|behaviour| (behaviour.claims, behaviour.userinfo) = (claims, userinfo));
        let browser = Browser::new(&app);
        let end = sign_on(&browser, &provider).await;
        assert!(end.starts_with("/sign-in?error=sign_on_"), "{what}: {end}");
        assert!(!browser.is_signed_in().await, "{what}");
    }
    let role = "SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id \
                WHERE u.email = 'ada@example.org' AND m.role = ";
    provider.set(|behaviour| (behaviour.claims, behaviour.userinfo) = (without, about(json!({}))));
    let browser = Browser::new(&app);
    assert_eq!(sign_on(&browser, &provider).await, "/");
    assert_eq!(browser.get("/api/me").await.ok().json["user"]["email"], "ada@example.org");
    assert_eq!(app.count(&format!("{role}'manager'")).await, 1);
    // What the token says comes first.
    provider.set(|behaviour| behaviour.claims = json!({"email": null, "groups": ["staff"]}));
    assert_eq!(sign_on(&browser, &provider).await, "/");
    assert_eq!(app.count(&format!("{role}'viewer'")).await, 1);
}

#[actix_web::test]
async fn a_user_whom_the_provider_turns_away_is_told_so() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[]).await;
    app.owned_by("ada@example.org").await;
    for (error, end) in [("access_denied", "sign_on_denied"), ("server_error", "sign_on_failed")] {
        let browser = Browser::new(&app);
        let location = Url::parse(&begin(&browser, json!({"provider": "corp"})).await).unwrap();
        let (_, state) = location.query_pairs().find(|(name, _)| name == "state").unwrap();
        let query = format!("state={state}&error={error}&iss={}", encode(&provider.issuer));
        assert_eq!(come_back(&browser, &query).await.header("location"), format!("/sign-in?error={end}"));
        assert!(!browser.is_signed_in().await);
        // The answer worked once.
        let again = come_back(&browser, &query).await;
        assert_eq!(again.header("location"), "/sign-in?error=sign_on_failed");
    }
}

#[actix_web::test]
async fn an_answer_is_for_one_browser_one_provider_and_one_time() {
    let (provider, evil) = (FakeProvider::start(), FakeProvider::start());
    let app = app_with(&[("CORP", &provider), ("EVIL", &evil)], &[]).await;
    app.owned_by("ada@example.org").await;
    let failed = "/sign-in?error=sign_on_failed";
    let browser = Browser::new(&app);
    // Another browser: the attacker's answer is planted in the victim's.
    let query = provider.consent(&begin(&browser, json!({"provider": "corp"})).await);
    let victim = Browser::new(&app);
    assert_eq!(come_back(&victim, &query).await.header("location"), failed);
    assert!(!victim.is_signed_in().await);
    // Replayed, also by the right browser: the state was taken.
    assert_eq!(come_back(&browser, &query).await.header("location"), failed);
    let query = provider.consent(&begin(&browser, json!({"provider": "corp"})).await);
    assert_eq!(come_back(&browser, &query).await.header("location"), "/");
    let mark = browser.copied();
    assert_eq!(come_back(&mark, &query).await.header("location"), failed);
    // Mix-up: the answer of one provider at the other's address, and one that names another issuer, or none.
    let fresh = Browser::new(&app);
    let query = evil.consent(&begin(&fresh, json!({"provider": "evil"})).await);
    assert_eq!(come_back(&fresh, &query).await.header("location"), failed);
    for (from, to) in [
        (format!("&iss={}", encode(&provider.issuer)), format!("&iss={}", encode(&evil.issuer))),
        (format!("&iss={}", encode(&provider.issuer)), String::new()),
    ] {
        let query = provider.consent(&begin(&fresh, json!({"provider": "corp"})).await);
        assert!(query.contains(&from), "{query}");
        assert_eq!(come_back(&fresh, &query.replace(&from, &to)).await.header("location"), failed);
    }
    // Too late.
    let query = provider.consent(&begin(&fresh, json!({"provider": "corp"})).await);
    app.advance(chrono::TimeDelta::minutes(10));
    assert_eq!(come_back(&fresh, &query).await.header("location"), failed);
    assert!(!fresh.is_signed_in().await);
    for nonsense in ["", "state=x", "state=x&state=y&code=z", "error=access_denied"] {
        assert_eq!(come_back(&fresh, nonsense).await.header("location"), failed);
    }
}

fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[actix_web::test]
async fn accounts_are_linked_only_when_both_sides_have_verified_the_address() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[("OIDC_CORP_ALLOWED_DOMAINS", "example.org, example.net")]).await;
    app.owned_by("ada@example.org").await;
    app.add_account("eve@example.org", "member").await;
    app.execute("UPDATE users SET email_verified_at = NULL WHERE email = 'eve@example.org'").await;
    for (email, sub, end) in [
        ("eve@example.org", "subject-2", "/sign-in?error=sign_on_not_linked"),
        ("nobody@example.org", "subject-3", "/sign-in?error=sign_on_no_account"),
        ("ada@evil.example", "subject-4", "/sign-in?error=sign_on_domain"),
        ("EVE@example.org", "subject-5", "/sign-in?error=sign_on_not_linked"),
        ("аda@example.org", "subject-6", "/sign-in?error=sign_on_no_account"),
        ("ADA@example.org", "subject-1", "/"),
        ("ada@example.org", "subject-7", "/sign-in?error=sign_on_not_linked"),
    ] {
        provider.set(|behaviour| behaviour.claims = json!({"email": email, "sub": sub}));
        assert_eq!(sign_on(&Browser::new(&app), &provider).await, end, "{email}");
    }
    // Who signs in elsewhere, and has no password here, gets none.
    let browser = Browser::new(&app);
    provider.set(|behaviour| behaviour.claims = json!({}));
    sign_on(&browser, &provider).await;
    app.execute("UPDATE users SET password_hash = NULL WHERE email = 'ada@example.org'").await;
    let body = json!({"password": "another horse battery"});
    browser.send(reqwest::Method::PUT, "/api/auth/password", Some(body)).await.refused(409, "signs_in_elsewhere");
}

#[actix_web::test]
async fn an_invited_address_gets_an_account_where_the_provider_may_make_none() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[]).await;
    let owner = app.owned_by("ada@example.org").await;
    let other = owner.post("/api/workspaces", json!({"name": "Other"})).await.created().id();
    let invite = async |path: &str, email: &str, role: &str| {
        owner.post(path, json!({"email": email, "role": role})).await.created().json["invitation"]["id"].clone()
    };
    let there = format!("/api/workspaces/{other}/invitations");
    let revoked = invite("/api/invitations", "eve@example.org", "admin").await;
    owner.delete(&format!("/api/invitations/{}", revoked.as_str().unwrap())).await.is(204);
    invite("/api/invitations", "grace@example.org", "manager").await;
    invite(&there, "Grace@Example.org", "viewer").await;
    for (claims, end) in [
        (json!({"email": "eve@example.org", "sub": "subject-2"}), "/sign-in?error=sign_on_no_account"),
        (
            json!({"email": "grace@example.org", "email_verified": false, "sub": "subject-3"}),
            "/sign-in?error=sign_on_not_linked",
        ),
    ] {
        provider.set(|behaviour| behaviour.claims = claims);
        assert_eq!(sign_on(&Browser::new(&app), &provider).await, end);
    }
    provider.set(|behaviour| behaviour.claims = json!({"email": "grace@example.org", "sub": "subject-3"}));
    let grace = Browser::new(&app);
    assert_eq!(sign_on(&grace, &provider).await, "/");
    let workspaces = grace.get("/api/workspaces").await.ok();
    assert_eq!(workspaces.each("role"), [json!("manager"), json!("viewer")]);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'invitation.accepted'").await, 2);
    assert_eq!(owner.get("/api/invitations").await.ok().json, json!([]));
    assert_eq!(sign_on(&Browser::new(&app), &provider).await, "/", "and the next time by the subject");
}

#[actix_web::test]
async fn roles_follow_the_provider_only_where_it_has_a_say_and_never_an_owner_s() {
    let provider = FakeProvider::start();
    let settings = [
        ("OIDC_CORP_AUTO_JOIN", "true"),
        ("OIDC_CORP_ROLE_CLAIM", "groups"),
        ("OIDC_CORP_ROLE_MAP", "staff=member,leads=manager,ops=admin"),
    ];
    let app = app_with(&[("CORP", &provider)], &settings).await;
    app.owned_by("ada@example.org").await;
    let role = async |claims: Value| {
        provider.set(|behaviour| behaviour.claims = claims);
        let browser = Browser::new(&app);
        assert_eq!(sign_on(&browser, &provider).await, "/");
        browser.get("/api/me").await.ok().json["role"].as_str().unwrap().to_owned()
    };
    let eve = |groups: Value| json!({"email": "eve@example.org", "sub": "subject-2", "name": "Eve", "groups": groups});
    assert_eq!(role(eve(json!(["staff", "leads", "others"]))).await, "manager", "the highest one, for a new user");
    assert_eq!(role(eve(json!("ops"))).await, "admin");
    assert_eq!(role(eve(Value::Null)).await, "admin", "the claim was not sent");
    assert_eq!(role(eve(json!([]))).await, "member", "an empty list takes roles away");
    app.execute("UPDATE memberships SET role = 'viewer', updated_at = now() WHERE role = 'member'").await;
    assert_eq!(role(eve(Value::Null)).await, "viewer", "what was given by hand stays");
    for groups in [json!([]), json!(["staff"]), Value::Null] {
        assert_eq!(role(json!({"groups": groups})).await, "owner");
    }
    assert_eq!(
        app.count("SELECT count(*) FROM users WHERE administrator").await,
        1,
        "signing on makes no administrator"
    );
}

#[actix_web::test]
async fn an_installation_without_passwords_is_set_up_by_a_provider_s_user() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[("AUTH_PASSWORDS", "false")]).await;
    let token = app.setup_token().await;
    let browser = Browser::new(&app);
    let wrong = json!({"provider": "corp", "setupToken": "wrong"});
    browser.post("/api/auth/sign-on", wrong).await.refused(403, "token_refused");
    assert_eq!(
        sign_on(&browser, &provider).await,
        "/sign-in?error=sign_on_no_account",
        "the first one is no administrator"
    );
    let location = begin(&browser, json!({"provider": "corp", "setupToken": token})).await;
    assert_eq!(come_back(&browser, &provider.consent(&location)).await.header("location"), "/");
    let user = browser.get("/api/auth/session").await.ok().json["user"].clone();
    assert_eq!((&user["administrator"], &user["hasPassword"]), (&json!(true), &json!(false)));
    assert_eq!(browser.get("/api/me").await.ok().json["role"], "owner");
    let credentials = json!({"email": "ada@example.org", "password": PASSWORD});
    browser.post("/api/auth/sign-in", credentials).await.refused(403, "passwords_disabled");
}

#[actix_web::test]
async fn the_provider_ends_sessions() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[]).await;
    let owner = app.owned_by("ada@example.org").await;
    let browser = Browser::new(&app);
    sign_on(&browser, &provider).await;
    let logout = async |claims: Value| {
        let token = {
            let behaviour = provider.behaviour.lock().unwrap();
            let mut all = behaviour.usual_claims();
            all.as_object_mut().unwrap().remove("sid");
            all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
            behaviour.token(&all)
        };
        let request = app.request(reqwest::Method::POST, "/api/auth/sign-on/corp/logout");
        app.send(request.body(format!("logout_token={token}"))).await
    };
    let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    for bad in [
        json!({}),
        json!({"events": {}}),
        json!({"events": event, "nonce": "x"}),
        json!({"events": event, "aud": "another-client"}),
        json!({"events": event, "iss": "https://evil.example"}),
    ] {
        logout(bad).await.refused(400, "invalid_token");
    }
    logout(json!({"events": event, "sub": "subject-1", "sid": "another-session"})).await.ok();
    assert!(browser.is_signed_in().await);
    logout(json!({"events": event})).await.ok();
    assert!(!browser.is_signed_in().await);
    assert!(owner.is_signed_in().await, "a session with a password is not the provider's");
}

/// A double click, or two tabs: both are the same user's first sign-on.
#[actix_web::test]
async fn of_two_first_sign_ons_at_once_both_sign_in() {
    let provider = FakeProvider::start();
    let app = app_with(&[("CORP", &provider)], &[("OIDC_CORP_AUTO_JOIN", "true")]).await;
    app.owned_by("ada@example.org").await;
    // With an account that is there, and with one that the sign-on makes.
    for (email, subject) in [("ada@example.org", "subject-1"), ("eve@example.org", "subject-2")] {
        provider.set(|behaviour| behaviour.claims = json!({"email": email, "sub": subject}));
        let holder = app.sql().await;
        let (one, other) = (Browser::new(&app), Browser::new(&app));
        let mut back = Vec::new();
        for browser in [&one, &other] {
            back.push(provider.consent(&begin(browser, json!({"provider": "corp"})).await));
        }
        // Neither identity is stored before both have looked for one.
        holder.batch_execute("BEGIN; LOCK TABLE sign_on_identities IN SHARE MODE").await.unwrap();
        let release = async {
            app.until_waiting(2).await;
            holder.batch_execute("COMMIT").await.unwrap();
        };
        let ends = futures_util::join!(come_back(&one, &back[0]), come_back(&other, &back[1]), release);
        assert_eq!((ends.0.header("location"), ends.1.header("location")), ("/", "/"), "{email}");
        for browser in [&one, &other] {
            assert_eq!(browser.get("/api/me").await.ok().json["user"]["email"], email);
        }
        let linked = format!("SELECT count(*) FROM sign_on_identities WHERE subject = '{subject}'");
        assert_eq!(app.count(&linked).await, 1);
    }
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'sign_on.linked'").await, 2);
}

#[actix_web::test]
async fn what_a_role_does_not_allow_ends_when_the_provider_takes_the_role_away() {
    let provider = FakeProvider::start();
    let settings = [("OIDC_CORP_ROLE_CLAIM", "groups"), ("OIDC_CORP_ROLE_MAP", "ops=admin,staff=member,guests=viewer")];
    let app = app_with(&[("CORP", &provider)], &settings).await;
    let ada = app.owned_by("ada@example.org").await;
    let project = ada.post("/api/projects", json!({"name": "Website"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let category = ada.post(&categories, json!({"name": "Design"})).await.created().id();
    app.add_account("eve@example.org", "viewer").await;
    let groups = |groups: &str| {
        let claims = json!({"email": "eve@example.org", "sub": "subject-2", "groups": groups});
        provider.set(|behaviour| behaviour.claims = claims);
    };
    let eve = Browser::new(&app);
    groups("ops");
    assert_eq!(sign_on(&eve, &provider).await, "/");
    for (email, role) in [("grace@example.org", "admin"), ("joan@example.org", "member")] {
        eve.post("/api/invitations", json!({"email": email, "role": role})).await.created();
    }
    let open = "SELECT count(*) FROM invitations WHERE revoked_at IS NULL AND accepted_at IS NULL";
    assert_eq!(app.count(open).await, 2);
    let entry = eve.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    // A member tracks on, and invites nobody.
    groups("staff");
    assert_eq!(sign_on(&eve, &provider).await, "/");
    assert_eq!(eve.get("/api/time/active").await.ok().id(), entry);
    assert_eq!(app.count(open).await, 0);
    app.advance(chrono::TimeDelta::minutes(5));
    groups("guests");
    assert_eq!(sign_on(&eve, &provider).await, "/");
    assert_eq!(eve.get("/api/me").await.ok().json["role"], "viewer");
    let stopped = ada.get(&format!("/api/time/entries/{entry}")).await.ok().json;
    assert_eq!(stopped["stoppedAt"], json!(app.now()));

    // The account of another's making, which is linked at its first sign-on, is no exception.
    app.add_account("joan@example.org", "member").await;
    let joan = Browser::new(&app);
    joan.sign_in("joan@example.org").await.ok();
    joan.post("/api/time/start", json!({"categoryId": category})).await.created();
    let claims = json!({"email": "joan@example.org", "sub": "subject-3", "groups": "guests"});
    provider.set(|behaviour| behaviour.claims = claims);
    assert_eq!(sign_on(&Browser::new(&app), &provider).await, "/");
    assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE stopped_at IS NULL").await, 0);
}
