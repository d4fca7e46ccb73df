//! Single sign-on providers (OpenID Connect). Their variables carry the name of a provider: `OIDC_<NAME>_ISSUER` and so
//! on. Which there are is found out from the names that are set.

use std::collections::BTreeSet;

use url::{Host, Url};

use super::parse;
use super::reader::Reader;
use super::sources::Sources;
use super::telemetry::Secret;
use super::variable::{DefaultValue, Variable};

/// What stands for the name of a provider in the documentation.
const NAME: &str = "<NAME>";

/// Longest name of a provider.
const NAME_MAX: usize = 32;

const ISSUER: Variable = Variable {
    name: "OIDC_<NAME>_ISSUER",
    alias: None,
    expected: "an https address such as https://accounts.example.com (http only for this machine), exactly as the provider's \
               discovery document has it",
    default: DefaultValue::Unset("no such provider"),
    secret: false,
    about: "A provider of single sign-on with OpenID Connect. `<NAME>` is any word of letters, digits and `_`; several providers have \
            several names. The provider must allow the redirect to `PUBLIC_URL/api/auth/sign-on/<name>/callback`, with the name in \
            lower case, and back-channel logout to `…/<name>/logout`. If it has an end session endpoint, users who sign out go there, and it \
            must allow the way back to `PUBLIC_URL/sign-in`. Claims that its identity tokens leave out are read from its userinfo \
            endpoint. Needs `PUBLIC_URL`.",
};
const CLIENT_ID: Variable = Variable {
    name: "OIDC_<NAME>_CLIENT_ID",
    alias: None,
    expected: "the name of this client at the provider",
    default: DefaultValue::Unset("required with an issuer"),
    secret: false,
    about: "What the provider calls this installation.",
};
const CLIENT_SECRET: Variable = Variable {
    name: "OIDC_<NAME>_CLIENT_SECRET",
    alias: None,
    expected: "the secret of this client at the provider",
    default: DefaultValue::Unset("a public client, with PKCE alone"),
    secret: true,
    about: "What this installation proves itself with to the provider.",
};
const LABEL: Variable = Variable {
    name: "OIDC_<NAME>_LABEL",
    alias: None,
    expected: "a short name such as Company login",
    default: DefaultValue::Unset("the name of the provider"),
    secret: false,
    about: "What the button for signing in says.",
};
const SCOPES: Variable = Variable {
    name: "OIDC_<NAME>_SCOPES",
    alias: None,
    expected: "words separated by spaces, with openid among them",
    default: DefaultValue::Always("openid email profile"),
    secret: false,
    about: "Which claims are asked for.",
};
const ALLOWED_DOMAINS: Variable = Variable {
    name: "OIDC_<NAME>_ALLOWED_DOMAINS",
    alias: None,
    expected: "a comma-separated list of domains such as example.com",
    default: DefaultValue::Unset("all domains"),
    secret: false,
    about: "Users with an address elsewhere are not signed in.",
};
const AUTO_JOIN: Variable = Variable {
    name: "OIDC_<NAME>_AUTO_JOIN",
    alias: None,
    expected: "true or false",
    default: DefaultValue::Always("false"),
    secret: false,
    about: "Whether a user without an account gets one, as a member of the first workspace. Otherwise the user needs an invitation.",
};
const ROLE_CLAIM: Variable = Variable {
    name: "OIDC_<NAME>_ROLE_CLAIM",
    alias: None,
    expected: "the name of a claim such as groups",
    default: DefaultValue::Unset("the provider has no say in roles"),
    secret: false,
    about: "The claim, a text or a list of texts, that tells the role of a user. Roles follow it only with a `ROLE_MAP`, and only when the \
            provider has sent it; an empty list makes the user a member. An owner stays an owner.",
};
const ROLE_MAP: Variable = Variable {
    name: "OIDC_<NAME>_ROLE_MAP",
    alias: None,
    expected: "a list such as staff=member,leads=manager, with the roles admin, manager, member and viewer",
    default: DefaultValue::Unset("the provider has no say in roles"),
    secret: false,
    about: "Which value of the claim means which role; the highest one counts.",
};

pub(super) const VARIABLES: &[&Variable] =
    &[&ISSUER, &CLIENT_ID, &CLIENT_SECRET, &LABEL, &SCOPES, &ALLOWED_DOMAINS, &AUTO_JOIN, &ROLE_CLAIM, &ROLE_MAP];

/// A provider of single sign-on.
#[derive(Debug, Clone)]
pub struct OidcProvider {
    /// Its name, in lower case.
    pub name: String,
    /// What the button says.
    pub label: String,
    /// Its address, exactly as its tokens have it.
    pub issuer: String,
    /// What it calls this installation.
    pub client_id: String,
    /// What this installation proves itself with.
    pub client_secret: Option<Secret<String>>,
    /// Which claims are asked for.
    pub scopes: String,
    /// The only domains whose users may sign in; all when it is empty.
    pub allowed_domains: Vec<String>,
    /// Whether a user without an account gets one.
    pub auto_join: bool,
    /// The claim with roles, and what its values mean, in the words for roles; none when the provider has no say.
    pub roles: Option<(String, Vec<(String, String)>)>,
}

/// The variables of one provider.
pub(super) struct Declared {
    name: String,
    variables: Vec<&'static Variable>,
}

/// The providers whose variables are set, by the issuer.
pub(super) fn declared(sources: &Sources) -> Vec<Declared> {
    let names = sources.environment.iter().filter(|(_, value)| !value.is_empty()).filter_map(|(name, _)| {
        let name = name.strip_suffix("_FILE").unwrap_or(name);
        let name = name.strip_prefix("OIDC_")?.strip_suffix("_ISSUER")?;
        let good = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        ((1..=NAME_MAX).contains(&name.len()) && name.chars().all(good)).then(|| name.to_owned())
    });
    let names: BTreeSet<String> = names.collect();
    names.into_iter().map(|name| Declared { variables: named(&name), name: name.to_lowercase() }).collect()
}

/// Declarations live as long as the process, which reads its configuration once.
fn named(provider: &str) -> Vec<&'static Variable> {
    let named = |variable: &Variable| -> &'static Variable {
        let name = Box::leak(variable.name.replace(NAME, provider).into_boxed_str());
        Box::leak(Box::new(Variable {
            name,
            alias: None,
            expected: variable.expected,
            default: variable.default,
            secret: variable.secret,
            about: variable.about,
        }))
    };
    VARIABLES.iter().map(|variable| named(variable)).collect()
}

impl Declared {
    pub(super) fn variables(&self) -> impl Iterator<Item = &'static Variable> {
        self.variables.iter().copied()
    }

    pub(super) fn read(&self, reader: &mut Reader, has_public_url: bool) -> Option<OidcProvider> {
        let [issuer, client_id, client_secret, label, scopes, domains, auto_join, role_claim, role_map] =
            <[&'static Variable; 9]>::try_from(self.variables.as_slice()).ok()?;
        let text = |text: &str| Ok::<_, String>(text.to_owned());
        let issuer_text = reader.optional(issuer, issuer_address);
        if issuer_text.is_some() && !has_public_url {
            reader.problem(issuer, None, "set without PUBLIC_URL, to which the provider leads users back".to_owned());
        }
        let id = reader.optional(client_id, text);
        if id.is_none() {
            reader.problem(client_id, None, "not set, and required with an issuer".to_owned());
        }
        let secret = reader.optional_shown(client_secret, text, |_, _| "***".to_owned());
        let label = reader.optional(label, text);
        let scopes = reader.optional(scopes, scope_list);
        let domains = reader.optional(domains, |text| Ok(list(text).map(str::to_lowercase).collect()));
        let auto_join = reader.optional(auto_join, parse::boolean);
        let claim = reader.optional(role_claim, text);
        let map = reader.optional(role_map, role_list);
        Some(OidcProvider {
            label: label.unwrap_or_else(|| self.name.clone()),
            name: self.name.clone(),
            issuer: issuer_text?,
            client_id: id?,
            client_secret: secret.map(Secret::new),
            scopes: scopes?,
            allowed_domains: domains.unwrap_or_default(),
            auto_join: auto_join?,
            roles: claim.zip(map),
        })
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn issuer_address(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| String::new())?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(String::new()),
    };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let good = plain && (url.scheme() == "https" || url.scheme() == "http" && here);
    if good { Ok(text.to_owned()) } else { Err(String::new()) }
}

fn scope_list(text: &str) -> Result<String, String> {
    if text.split_ascii_whitespace().any(|word| word == "openid") { Ok(text.to_owned()) } else { Err(String::new()) }
}

fn role_list(text: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |pair: &str| {
        let (value, role) = pair.split_once('=')?;
        // No provider makes owners.
        let known = ["admin", "manager", "member", "viewer"].contains(&role.trim());
        known.then(|| (value.trim().to_owned(), role.trim().to_owned()))
    };
    list(text).map(pair).collect::<Option<Vec<_>>>().filter(|pairs| !pairs.is_empty()).ok_or_else(String::new)
}
