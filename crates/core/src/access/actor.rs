//! The user behind a request, and the credential.

use std::fmt;

use crate::values::ids::UserId;

/// A user, and how the server knows that the request is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The user.
    pub user: UserId,
    /// What the request showed.
    pub credential: Credential,
}

/// How the server knows the user of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// It does not: `AUTH_MODE=none`, where every request is the built-in user's.
    BuiltIn,
    /// The user has signed in.
    Session,
    /// The request carried a token of the user, which opens no more than its scope.
    Token(TokenScope),
}

/// What a token may be used for. Each scope includes those before it. A token never opens more than the role of its
/// user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenScope {
    /// Reads what the user may see.
    Read,
    /// Tracks the user's own time.
    Track,
    /// Changes entries of others, projects, categories and clients.
    Manage,
    /// Changes the workspace, and imports.
    Admin,
}

impl Actor {
    /// The session of a signed-in user.
    #[must_use]
    pub fn signed_in(user: UserId) -> Self {
        Self { user, credential: Credential::Session }
    }
}

impl Credential {
    /// Whether the credential is good for what needs `scope` of a token.
    #[must_use]
    pub fn covers(self, scope: TokenScope) -> bool {
        match self {
            Self::BuiltIn | Self::Session => true,
            Self::Token(own) => own >= scope,
        }
    }

    /// Whether the user of the request is known, so that limits can be counted for them.
    #[must_use]
    pub fn names_a_user(self) -> bool {
        self != Self::BuiltIn
    }
}

impl TokenScope {
    /// All of them, the smallest first.
    pub const ALL: [Self; 4] = [Self::Read, Self::Track, Self::Manage, Self::Admin];

    /// The word that the API uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Track => "track",
            Self::Manage => "manage",
            Self::Admin => "admin",
        }
    }

    /// The scope of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
