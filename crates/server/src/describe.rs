//! What a handler's signature says about its operation: the order in which its arguments are read from the request, and
//! the description of each in the OpenAPI document.

use std::collections::BTreeSet;

use actix_web::web::{Data, Payload};
use actix_web::{Error, FromRequest, HttpRequest, dev};
use clockwork_core::access::{Capability, TokenScope};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{HeaderBuilder, ObjectBuilder, Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{ErrorBody, ErrorCode};

/// The security schemes of the document: a browser's session, and a token.
pub const SESSION_SCHEME: &str = "session";
/// See [`SESSION_SCHEME`].
pub const TOKEN_SCHEME: &str = "token";

/// The extension of an operation that names the capability it needs.
pub const CAPABILITY_EXTENSION: &str = "x-capability";

/// The extension of an operation that belongs to an account and to no workspace. It names the scope of a token.
pub const TOKEN_SCOPE_EXTENSION: &str = "x-token-scope";

/// The extension of an operation of signing in that names who may call it.
pub const ACCESS_EXTENSION: &str = "x-access";

/// Who may call an operation that belongs to no workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Every visitor.
    Anyone,
    /// A user who has signed in; a token does not do.
    SignedIn,
    /// A user who has signed in within the last ten minutes.
    RecentlySignedIn,
    /// An administrator of the installation who has signed in.
    Administrator,
    /// An administrator of the installation who has signed in within the last ten minutes.
    RecentAdministrator,
}

impl Access {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Anyone, Self::SignedIn, Self::RecentlySignedIn, Self::Administrator, Self::RecentAdministrator];

    /// The word of the document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::SignedIn => "signed_in",
            Self::RecentlySignedIn => "recently_signed_in",
            Self::Administrator => "administrator",
            Self::RecentAdministrator => "recent_administrator",
        }
    }

    /// Who that is, in a sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Anyone => "Every visitor, signed in or not",
            Self::SignedIn => {
                "A user who has signed in, about the own account; a token is answered with 403 `session_required`"
            }
            Self::RecentlySignedIn => {
                "The same within ten minutes of the sign-in, or of `POST /api/auth/confirm`; later it is 403 `recent_sign_in_required`"
            }
            Self::Administrator => {
                "An administrator of the installation who has signed in; another user is answered with 403 `administrator_required`"
            }
            Self::RecentAdministrator => "The same within ten minutes of the sign-in, as above",
        }
    }
}

/// An extractor, as the document shows it.
pub trait Describe {
    /// Adds what the extractor reads from the request, and the errors that it answers with.
    fn describe(operation: &mut Description);
}

/// The first argument of a handler: the access rule of the operation.
#[diagnostic::on_unimplemented(
    message = "a handler's first argument says who may call it, and `{Self}` does not",
    note = "the first argument must be `Allowed<needs::…>`, `SignedIn<…>`, or one of those in `extract::person`"
)]
pub trait AccessRule: Describe {}

/// The arguments of a handler: first the access rule, then what else the handler reads.
#[diagnostic::on_unimplemented(
    message = "these are not the arguments of an operation",
    note = "the first argument must be `Allowed<needs::…>` or `SignedIn<…>`, and each further one an extractor that describes itself"
)]
pub trait Signature: Sized {
    /// Adds what all arguments say.
    fn describe(operation: &mut Description);

    /// Reads the arguments one after the other. So the access rule, which is the first, is checked before the path, the
    /// query and the body are read: a caller without the capability gets 401 or 403, whatever else is wrong.
    ///
    /// # Errors
    /// That of the first extractor that fails.
    fn extract(request: &HttpRequest, payload: &mut dev::Payload) -> impl Future<Output = Result<Self, Error>>;
}

macro_rules! signatures {
    ($first:ident $($rest:ident)*) => {
        impl<$first, $($rest),*> Signature for ($first, $($rest,)*)
        where
            $first: AccessRule + FromRequest,
            $($rest: Describe + FromRequest),*
        {
            fn describe(operation: &mut Description) {
                $first::describe(operation);
                $($rest::describe(operation);)*
            }

            async fn extract(request: &HttpRequest, payload: &mut dev::Payload) -> Result<Self, Error> {
                Ok((
                    $first::from_request(request, payload).await.map_err(Into::into)?,
                    $($rest::from_request(request, payload).await.map_err(Into::into)?,)*
                ))
            }
        }
    };
}

signatures!(A);
signatures!(A B);
signatures!(A B C);
signatures!(A B C D);
signatures!(A B C D E);
signatures!(A B C D E F);
signatures!(A B C D E F G);
signatures!(A B C D E F G H);

impl Describe for HttpRequest {
    fn describe(_: &mut Description) {}
}

impl<T> Describe for Data<T> {
    fn describe(_: &mut Description) {}
}

/// The body as it arrives.
impl Describe for Payload {
    fn describe(operation: &mut Description) {
        operation.code(ErrorCode::RequestTimeout);
    }
}

/// An operation whose description is being put together.
pub struct Description {
    operation: Operation,
    codes: BTreeSet<&'static str>,
}

impl Description {
    /// Begins with what the handler's attribute says: its answers, and its own error codes as `description = "code,
    /// code"`.
    pub(crate) fn new(operation: Operation) -> Self {
        Self { operation, codes: BTreeSet::new() }
    }

    /// An error that the operation may answer with.
    pub fn code(&mut self, code: ErrorCode) {
        self.codes.insert(code.as_str());
    }

    /// Several of them.
    pub fn codes(&mut self, codes: impl IntoIterator<Item = ErrorCode>) {
        codes.into_iter().for_each(|code| self.code(code));
    }

    /// What every operation may run into.
    pub fn common_codes(&mut self) {
        self.codes([
            ErrorCode::MisdirectedRequest,
            ErrorCode::RateLimited,
            ErrorCode::Internal,
            ErrorCode::Unavailable,
        ]);
    }

    /// The capability that the caller needs.
    pub fn needs(&mut self, capability: Capability) {
        self.secured(CAPABILITY_EXTENSION, capability.as_str());
    }

    /// Any user may call the operation, or a token with this scope.
    pub fn needs_account(&mut self, scope: TokenScope) {
        self.secured(TOKEN_SCOPE_EXTENSION, scope.as_str());
    }

    fn secured(&mut self, extension: &str, word: &str) {
        let none = SecurityRequirement::default();
        let session = SecurityRequirement::new(SESSION_SCHEME, Vec::<String>::new());
        let token = SecurityRequirement::new(TOKEN_SCHEME, Vec::<String>::new());
        self.operation.security = Some(vec![none, session, token]);
        let extension = [(extension, word)].into_iter().collect();
        self.operation.extensions.get_or_insert_default().merge(extension);
    }

    /// Who may call the operation, which belongs to no workspace.
    pub fn access(&mut self, access: Access) {
        let none = SecurityRequirement::default();
        let session = SecurityRequirement::new(SESSION_SCHEME, Vec::<String>::new());
        self.operation.security = Some(if access == Access::Anyone { vec![none] } else { vec![session] });
        let extension = [(ACCESS_EXTENSION, access.as_str())].into_iter().collect();
        self.operation.extensions.get_or_insert_default().merge(extension);
    }

    /// An id in the path.
    pub fn path_id(&mut self, name: &str) {
        self.parameter(id_parameter(name));
        self.code(ErrorCode::InvalidId);
    }

    /// A word in the path.
    pub fn path_text(&mut self, name: &str, about: &str) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(about))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .build();
        self.parameter(parameter);
    }

    /// A header that may be left out.
    pub fn header(&mut self, name: &str, pattern: &str, about: &str) {
        let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build();
        let header = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(schema))
            .build();
        self.parameter(header);
        self.code(ErrorCode::InvalidHeader);
    }

    /// The answer 304.
    pub fn not_modified(&mut self) {
        respond(&mut self.operation, "304", Response::new("not modified"));
    }

    /// The ETag of the object that the answer shows.
    pub fn etag(&mut self) {
        if let Some(RefOr::T(response)) = self.operation.responses.responses.get_mut("200") {
            let header = HeaderBuilder::new()
                .schema(Some(String::schema()))
                .description(Some("the revision, weak: `W/\"5\"`"))
                .build();
            response.headers.insert("ETag".to_owned(), RefOr::T(header));
        }
    }

    fn parameter(&mut self, parameter: Parameter) {
        self.operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
    }

    /// The operation with all its errors, each with its body.
    pub(crate) fn finish(mut self) -> Operation {
        let mut own = BTreeSet::new();
        for (status, response) in &self.operation.responses.responses {
            if let RefOr::T(response) = response
                && status.starts_with(['4', '5'])
            {
                own.extend(response.description.split(", ").map(str::to_owned));
            }
        }
        own.extend(self.codes.iter().map(|code| (*code).to_owned()));
        let responses = &mut self.operation.responses.responses;
        responses.retain(|status, _| !status.starts_with(['4', '5']));
        for (status, response) in responses.iter_mut() {
            // OpenAPI demands one, and utoipa leaves out what is empty.
            if let RefOr::T(response) = response
                && response.description.is_empty()
            {
                response.description = if status == "201" { "what was made" } else { "what was asked for" }.to_owned();
            }
        }
        ErrorCode::ALL
            .iter()
            .filter(|code| own.contains(code.as_str()))
            .for_each(|code| add_code(&mut self.operation, *code));
        self.operation
    }
}

/// Lists an error among the answers of an operation.
pub(crate) fn add_code(operation: &mut Operation, code: ErrorCode) {
    let name = format!("`{code}`");
    match operation.responses.responses.get_mut(code.status().as_str()) {
        Some(RefOr::T(response)) if !response.description.contains(&name) => {
            response.description = format!("{}, {name}", response.description);
        }
        Some(_) => {}
        None => {
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name()))).build();
            let mut response = ResponseBuilder::new().description(name).content("application/json", body);
            if code == ErrorCode::Unauthenticated {
                let about = "which credentials the server takes";
                let header = HeaderBuilder::new().schema(Some(String::schema())).description(Some(about)).build();
                response = response.header("WWW-Authenticate", header);
            }
            respond(operation, code.status().as_str(), response.build());
        }
    }
}

fn respond(operation: &mut Operation, status: &str, response: Response) {
    operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
}

/// An id in a path.
pub(crate) fn id_parameter(name: &str) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}
