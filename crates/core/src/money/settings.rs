//! Currencies and fixed prices.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::{MoneyError, MoneyRejection};
use crate::access::{OnViolation, Permit, needs};
use crate::models::{CurrencyOf, FixedPrice};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{ClientId, CurrencyId, ProjectId};
use crate::values::money::{Currency, Rate};

/// The currency of the workspace, if it has one, and those of clients that have another one.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "money::currencies", skip_all)]
pub async fn currencies(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeAmounts>,
) -> Result<Vec<CurrencyOf>, MoneyError> {
    Ok(CurrencyOf::list(conn, caller.workspace).await?)
}

/// Sets the currency of the workspace, or of a client. Amounts keep their numbers.
///
/// # Errors
/// When there is no such client.
#[tracing::instrument(target = RULE_TARGET, name = "money::set_currency", skip_all)]
pub async fn set_currency(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    client: Option<ClientId>,
    currency: Currency,
    now: DateTime<Utc>,
) -> Result<CurrencyOf, MoneyError> {
    CurrencyOf::set(conn, caller.workspace, client, currency.code(), now).await.on_violation(MoneyRejection::of)
}

/// Deletes a currency: the client then has that of the workspace, the workspace none.
///
/// # Errors
/// When there is none of this id.
#[tracing::instrument(target = RULE_TARGET, name = "money::delete_currency", skip_all)]
pub async fn delete_currency(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    id: CurrencyId,
) -> Result<(), MoneyError> {
    match CurrencyOf::delete(conn, caller.workspace, id).await? {
        0 => Err(MoneyError::NotFound("currency")),
        _ => Ok(()),
    }
}

/// The projects that are paid as a whole.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "money::fixed_prices", skip_all)]
pub async fn fixed_prices(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeAmounts>,
) -> Result<Vec<FixedPrice>, MoneyError> {
    Ok(FixedPrice::list(conn, caller.workspace).await?)
}

/// Sets the price of a project that is paid as a whole.
///
/// # Errors
/// When there is no such project.
#[tracing::instrument(target = RULE_TARGET, name = "money::set_fixed_price", skip_all)]
pub async fn set_fixed_price(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    project: ProjectId,
    price: Rate,
    now: DateTime<Utc>,
) -> Result<FixedPrice, MoneyError> {
    FixedPrice::set(conn, caller.workspace, project, price.parts(), now).await.on_violation(MoneyRejection::of)
}

/// Lets a project be paid by the hour again.
///
/// # Errors
/// When it has no fixed price.
#[tracing::instrument(target = RULE_TARGET, name = "money::delete_fixed_price", skip_all)]
pub async fn delete_fixed_price(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    project: ProjectId,
) -> Result<(), MoneyError> {
    match FixedPrice::delete(conn, caller.workspace, project).await? {
        0 => Err(MoneyError::NotFound("fixed price")),
        _ => Ok(()),
    }
}
