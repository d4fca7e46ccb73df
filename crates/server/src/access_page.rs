//! `docs/ACCESS.md`: roles and capabilities, from the table of capabilities and the operations of the OpenAPI document.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clockwork_core::access::{Capability, Reach, Role};

use crate::api::routes::operations;
use crate::describe::{ACCESS_EXTENSION, Access, CAPABILITY_EXTENSION, TOKEN_SCOPE_EXTENSION};
use crate::openapi;
use crate::request::route::WORKSPACE_SCOPE;

const INTRODUCTION: &str = "# Access

Which role may do what. Generated from `crates/core/src/access/capability.rs` and the OpenAPI document by `just openapi`; a test walks every
operation by every role and token and compares.

With `AUTH_MODE=none` every request is the built-in user's, who is the owner.

- **all**: everything in the workspace. **own**: what is the caller's own. **led**: the same, and everybody's in the projects that the caller leads.
  **–**: nothing; the answer is 403 `forbidden`.
- What a caller may not see is not found (404). What a caller may see, but not change, is 403.
- A token reaches as far as its scope and its user's role both do. Scopes are `read`, `track`, `manage` and `admin`; each includes those before.
";

/// The page.
#[must_use]
pub fn text() -> String {
    let mut page = format!("{INTRODUCTION}\n## Capabilities\n\n");
    page.push_str("| capability | what it is | owner | admin | manager | member | viewer | scope of a token |\n");
    page.push_str("|---|---|---|---|---|---|---|---|\n");
    for capability in Capability::ALL {
        let reaches = Role::ALL.map(|role| word(capability.of_role(role)));
        let (own, all) = (capability.token_scope(Reach::Own), capability.token_scope(Reach::Workspace));
        let scope = if own == all { format!("`{own}`") } else { format!("`{own}` for own, `{all}` for others'") };
        let about = capability.about().trim_end_matches('.');
        let _ = writeln!(page, "| `{capability}` | {about} | {} | {scope} |", reaches.join(" | "));
    }
    page.push_str("\n## Operations\n\nEach is also mounted below `");
    page.push_str(WORKSPACE_SCOPE);
    page.push_str("`.\n\n| operation | needs |\n|---|---|\n");
    for (operation, capability) in named(CAPABILITY_EXTENSION) {
        let _ = writeln!(page, "| `{operation}` | `{capability}` |");
    }
    page.push_str(
        "\n## Operations of an account\n\nThey belong to no workspace: every user may call them, for themselves.\n\n",
    );
    page.push_str("| operation | scope of a token |\n|---|---|\n");
    for (operation, scope) in named(TOKEN_SCOPE_EXTENSION) {
        let _ = writeln!(page, "| `{operation}` | `{scope}` |");
    }
    page.push_str("\n## Signing in\n\nWhat a user signs in with. These belong to no workspace either.\n\n");
    page.push_str("| who may call | who that is |\n|---|---|\n");
    for access in Access::ALL {
        let _ = writeln!(page, "| `{}` | {} |", access.as_str(), access.about());
    }
    page.push_str("\n| operation | who may call |\n|---|---|\n");
    for (operation, access) in named(ACCESS_EXTENSION) {
        let _ = writeln!(page, "| `{operation}` | `{access}` |");
    }
    page
}

fn word(reach: Option<Reach>) -> &'static str {
    match reach {
        Some(Reach::Workspace) => "all",
        Some(Reach::Own) => "own",
        Some(Reach::Led) => "led",
        None => "–",
    }
}

/// The operations that have an extension, as `<method> <path>`, with its value.
fn named(extension: &str) -> BTreeMap<String, String> {
    let mut needs = BTreeMap::new();
    for (path, item) in &openapi::document().paths.paths {
        if path.starts_with(WORKSPACE_SCOPE) {
            continue;
        }
        let mut item = item.clone();
        let methods: Vec<String> =
            openapi::methods(&item).split(", ").filter(|method| *method != "HEAD").map(str::to_owned).collect();
        for (method, operation) in methods.iter().zip(operations(&mut item)) {
            let named = operation.extensions.as_ref().and_then(|extensions| extensions.get(extension)?.as_str());
            if let Some(named) = named {
                needs.insert(format!("{method} {path}"), named.to_owned());
            }
        }
    }
    needs
}
