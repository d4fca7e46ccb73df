//! A browser that signs in: it keeps cookies, and sends them. And the mail that a server would have sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use clockwork_core::accounts::notices::{Notify, Queued, Recipient};
use clockwork_core::accounts::passwords::{NewPassword, PasswordHasher};
use clockwork_core::accounts::setup;
use clockwork_core::database::Db;
use clockwork_core::mail::Mail;
use clockwork_core::values::EmailAddress;
use clockwork_core::values::ids::{UserId, WorkspaceId};
use diesel_async::AsyncPgConnection;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, TestApp, config, config_with, migrated_database};

/// A password that is taken.
pub const PASSWORD: &str = "correct horse battery staple";

/// What a server has told users by mail.
#[derive(Clone, Default)]
pub struct Mails {
    sent: Arc<Mutex<Vec<(String, Mail)>>>,
    off: bool,
}

impl Mails {
    /// A server that cannot send mail.
    pub fn off() -> Self {
        Self { off: true, ..Self::default() }
    }

    /// What was sent to an address, oldest first.
    pub fn to(&self, email: &str) -> Vec<Mail> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|(to, _)| to == email).map(|(_, notice)| notice.clone()).collect()
    }

    /// How many were sent.
    pub fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// The link of the newest mail to an address that has one.
    pub fn link(&self, email: &str) -> String {
        let links = self.to(email).into_iter().rev().find_map(|notice| match notice {
            Mail::ResetPassword { link } | Mail::ConfirmAddress { link } => Some(link),
            _ => None,
        });
        links.unwrap_or_else(|| panic!("no link to {email}"))
    }

    /// The token of that link.
    pub fn token(&self, email: &str) -> String {
        self.link(email).split_once("#token=").unwrap().1.to_owned()
    }
}

impl Notify for Mails {
    fn is_set_up(&self) -> bool {
        !self.off
    }

    fn queue<'a>(&'a self, _: &'a mut AsyncPgConnection, to: &'a Recipient, notice: &'a Mail) -> Queued<'a> {
        Box::pin(async {
            self.sent.lock().unwrap().push((to.email.as_str().to_owned(), notice.clone()));
            Ok(())
        })
    }
}

/// A browser.
pub struct Browser<'a> {
    app: &'a TestApp,
    client: reqwest::Client,
    url: String,
    cookies: Mutex<BTreeMap<String, String>>,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Browser<'a> {
    /// A browser without cookies.
    pub fn new(app: &'a TestApp) -> Self {
        Self::at(app, &app.url)
    }

    /// The same that goes to another server on the database of the test.
    pub fn at(app: &'a TestApp, url: &str) -> Self {
        // It shows where it is led to, and does not go there.
        TestApp::http_client();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { app, client, url: url.to_owned(), cookies: Mutex::default(), headers: Vec::new() }
    }

    /// A copy with the same cookies that goes to another server.
    pub fn copied_to(&self, url: &str) -> Self {
        let cookies = Mutex::new(self.cookies.lock().unwrap().clone());
        Self { app: self.app, client: self.client.clone(), url: url.to_owned(), cookies, headers: self.headers.clone() }
    }

    /// A copy with the same cookies.
    pub fn copied(&self) -> Self {
        self.copied_to(&self.url)
    }

    /// The same with a header in every request.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// The cookies as a header, for requests that another client sends.
    pub fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Plants a cookie.
    pub fn plant(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Sends a request with a JSON body, if there is one, and keeps the cookies of the answer.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.url));
        let cookies = self.cookies();
        if !cookies.is_empty() {
            request = request.header("Cookie", cookies);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = Answer::read(request.send().await.unwrap()).await;
        super::contract::check(&method, path.split('?').next().unwrap(), &answer);
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.lock().unwrap().remove(name),
                value => self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, None).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Signs in with [`PASSWORD`].
    pub async fn sign_in(&self, email: &str) -> Answer {
        self.post("/api/auth/sign-in", json!({"email": email, "password": PASSWORD})).await
    }

    /// Whether the server knows who this is.
    pub async fn is_signed_in(&self) -> bool {
        match self.get("/api/me").await.status.as_u16() {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }
}

impl TestApp {
    /// A server with accounts, on an empty database, that can send mail.
    pub async fn with_accounts() -> Self {
        Self::with_accounts_and(&[], Mails::default()).await
    }

    /// The same with settings besides those of every test.
    pub async fn with_accounts_and(settings: &[(&str, &str)], mails: Mails) -> Self {
        let database = migrated_database().await;
        let accounts = [("AUTH_MODE", "accounts"), ("PUBLIC_URL", "http://localhost")];
        let settings: Vec<_> = accounts.into_iter().chain(settings.iter().copied()).collect();
        let config = config_with(&database.url(), &settings);
        Self::with_config_and_mails(database, config, mails).await
    }

    /// The database of the server, for rules that the test calls itself.
    pub fn db(&self) -> Db {
        Db::connect(&config(&self.database.url()).database).unwrap()
    }

    /// A token for setting up.
    pub async fn setup_token(&self) -> String {
        let db = self.db();
        let token = setup::token(&mut db.conn().await.unwrap(), self.now()).await.unwrap();
        token.unwrap().reveal().to_owned()
    }

    /// Sets the server up with this owner, who is signed in afterwards.
    pub async fn owned_by(&self, email: &str) -> Browser<'_> {
        let browser = Browser::new(self);
        let body = json!({"token": self.setup_token().await, "name": "Ada", "email": email, "password": PASSWORD});
        browser.post("/api/auth/setup", body).await.created();
        browser
    }

    /// Makes a user with [`PASSWORD`], who is a member of the built-in workspace.
    pub async fn add_account(&self, email: &str, role: &str) -> UserId {
        let address = EmailAddress::parse(email).unwrap();
        let password = NewPassword::parse(PASSWORD, Some(&address)).unwrap();
        let hash = PasswordHasher::default().hash(&password).await.unwrap();
        let user = UserId::new();
        let workspace = self.workspace();
        let sql = self.sql().await;
        let insert = "INSERT INTO users (id, name, email, password_hash, email_verified_at, created_at, updated_at)
                      VALUES ($1, 'Test user', $2, $3, now(), now(), now())";
        sql.execute(insert, &[&user.0, &address.as_str(), &hash]).await.unwrap();
        let insert = "INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
                      VALUES ($1, $2, $3, now(), now())";
        sql.execute(insert, &[&workspace.0, &user.0, &role]).await.unwrap();
        user
    }

    /// The workspace that is there from the beginning.
    pub fn workspace(&self) -> WorkspaceId {
        clockwork_core::accounts::workspaces::BUILT_IN_CALLER.workspace
    }

    /// Makes a user as [`Self::add_account`] does, who signs in.
    pub async fn signed_in(&self, email: &str, role: &str) -> Browser<'_> {
        self.add_account(email, role).await;
        let browser = Browser::new(self);
        browser.sign_in(email).await.ok();
        browser
    }
}
