//! Tokens of a provider: issuer, audience, and how long they are valid.

use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::SignOnFailure;

/// The algorithms that are taken: signatures with a key pair. With HS256 the public key, which is no secret, would
/// be the secret; `none` is no signature.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

/// How far the clocks of the provider and of this machine may differ, in seconds.
const SKEW: i64 = 60;

/// Longest token, in bytes.
const TOKEN_MAX: usize = 16 * 1024;

/// The claims of an identity or logout token.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    iss: Option<String>,
    aud: Option<Audience>,
    azp: Option<String>,
    exp: Option<f64>,
    iat: Option<f64>,
    pub(crate) nonce: Option<String>,
    pub(crate) sub: Option<String>,
    pub(crate) sid: Option<String>,
    pub(crate) email: Option<String>,
    /// Some providers write it as a text.
    email_verified: Option<Value>,
    pub(crate) name: Option<String>,
    pub(crate) events: Option<Map<String, Value>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// What the userinfo endpoint says of a user (OpenID Connect Core 1.0, 5.3.2). Its claims are not signed: they are the
/// provider's because its own endpoint has answered.
#[derive(Debug, Deserialize)]
pub(super) struct UserInfo {
    sub: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
    name: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Claims {
    /// Whether the provider has verified the address.
    pub(crate) fn email_is_verified(&self) -> bool {
        matches!(&self.email_verified, Some(Value::Bool(true)))
            || self.email_verified.as_ref().and_then(Value::as_str) == Some("true")
    }

    /// Whether claims are missing that the provider may have left to its userinfo endpoint: with a code, providers that
    /// follow OpenID Connect Core 1.0, 5.4, put those of the scopes there alone.
    pub(super) fn lacks(&self, role_claim: Option<&str>) -> bool {
        self.email.is_none() || role_claim.is_some_and(|claim| !self.others.contains_key(claim))
    }

    /// Adds what the userinfo endpoint says; the signed claims of the token stay as they are.
    pub(super) fn complete(&mut self, told: UserInfo) -> Result<(), SignOnFailure> {
        // An access token that was exchanged for another one would bring another user's claims (5.3.2).
        if self.sub.is_none() || told.sub != self.sub {
            return Err(SignOnFailure::Refused("the userinfo is about another user (sub)"));
        }
        // Both from one place, so that no source verifies the address of the other one.
        if self.email.is_none() {
            self.email = told.email;
            self.email_verified = told.email_verified;
        }
        self.name = self.name.take().or(told.name);
        for (claim, value) in told.others {
            self.others.entry(claim).or_insert(value);
        }
        Ok(())
    }

    /// The texts of a claim; `None` when it was not sent.
    pub(crate) fn texts(&self, claim: &str) -> Option<Vec<&str>> {
        match self.others.get(claim)? {
            Value::String(text) => Some(vec![text]),
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect()),
            _ => None,
        }
    }
}

/// Which key a token says that it is signed with. Nothing else of it is believed yet.
pub(super) fn key_id(token: &str) -> Result<Option<String>, SignOnFailure> {
    if token.len() > TOKEN_MAX {
        return Err(SignOnFailure::Refused("the token is too long"));
    }
    let header = decode_header(token).map_err(|_| SignOnFailure::Refused("the token has no header that is known"))?;
    Ok(header.kid)
}

/// Checks a token: signature, issuer, audience and times.
pub(super) fn verify(
    token: &str,
    keys: &JwkSet,
    issuer: &str,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<Claims, SignOnFailure> {
    let header = decode_header(token).map_err(|_| SignOnFailure::Refused("the token has no header that is known"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(SignOnFailure::Refused("the token is signed by an algorithm that is not taken"));
    }
    let fits = |key: &&Jwk| {
        let is_named = header.kid.is_none() || key.common.key_id == header.kid;
        let signs = key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
        is_named && signs && is_of(&key.algorithm, header.alg)
    };
    // Without a name in the header, any of the keys may be the one.
    let claims = keys.keys.iter().filter(fits).find_map(|key| signed_by(token, key, header.alg));
    let claims = claims.ok_or(SignOnFailure::Refused("no key of the provider has signed the token"))?;
    if claims.iss.as_deref() != Some(issuer) {
        return Err(SignOnFailure::Refused("the token is another issuer's (iss)"));
    }
    let for_us = match &claims.aud {
        Some(Audience::One(one)) => one == client_id,
        // OpenID Connect Core 1.0, 3.1.3.7: with several, the one who asked is named.
        Some(Audience::Several(several)) => {
            let alone = several.len() == 1 || claims.azp.as_deref() == Some(client_id);
            alone && several.iter().any(|one| one == client_id)
        }
        None => false,
    };
    if !for_us || claims.azp.as_deref().is_some_and(|azp| azp != client_id) {
        return Err(SignOnFailure::Refused("the token is for another client (aud)"));
    }
    let now = now.timestamp();
    if claims.exp.and_then(whole).is_none_or(|exp| exp.saturating_add(SKEW) <= now) {
        return Err(SignOnFailure::Refused("the token has ended (exp)"));
    }
    if claims.iat.and_then(whole).is_none_or(|iat| iat.saturating_sub(SKEW) > now) {
        return Err(SignOnFailure::Refused("the token is from the future (iat)"));
    }
    Ok(claims)
}

/// Whole seconds of a NumericDate, which may have a fraction.
fn whole(time: f64) -> Option<i64> {
    format!("{time:.0}").parse().ok()
}

/// Whether a key is one for an algorithm: a token does not choose what a key is used for.
fn is_of(key: &AlgorithmParameters, algorithm: Algorithm) -> bool {
    match (key, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES384) => key.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    }
}

fn signed_by(token: &str, key: &Jwk, algorithm: Algorithm) -> Option<Claims> {
    let key = DecodingKey::from_jwk(key).ok()?;
    let mut validation = Validation::new(algorithm);
    // The claims are checked above, against the clock that everything else goes by.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    decode::<Claims>(token, &key, &validation).ok().map(|data| data.claims)
}
