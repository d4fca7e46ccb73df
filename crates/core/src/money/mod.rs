//! Rules of money: currencies, dated rates, fixed prices. Reports compute amounts from them.

mod rates;
mod settings;

pub use rates::{
    RATES_MAX, RateKind, RateNew, RatePatch, RateTarget, create_rate, delete_rate, list_rates, update_rate,
};
pub use settings::{currencies, delete_currency, delete_fixed_price, fixed_prices, set_currency, set_fixed_price};

use crate::access::{Rejection, RuleError};

/// Why money was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MoneyRejection {
    /// The target has a rate from that day on.
    #[error("the target has a rate from that day on")]
    DuplicateRate,
    /// The member, client, project or category does not exist.
    #[error("there is no such {0}")]
    TargetNotFound(&'static str),
    /// The target has a budget of that kind.
    #[error("the target has a budget of that kind")]
    DuplicateBudget,
    /// The workspace has as many budgets as it may have.
    #[error("the workspace has too many budgets")]
    TooManyBudgets,
    /// The budget counts something else.
    #[error("the budget counts something else")]
    OtherMeasure,
    /// The workspace has [`RATES_MAX`] rates.
    #[error("the workspace has {RATES_MAX} rates")]
    TooManyRates,
}

impl Rejection for MoneyRejection {
    const OBJECT: &'static str = "rate";
}

/// Why money was not read or changed.
pub type MoneyError = RuleError<MoneyRejection>;

impl MoneyRejection {
    /// What it means that a budget cannot be written.
    pub(crate) fn of_budget(constraint: &str) -> Option<Self> {
        match constraint {
            "budgets_target_key" => Some(Self::DuplicateBudget),
            "budgets_client_fkey" => Some(Self::TargetNotFound("clientId")),
            "budgets_project_fkey" => Some(Self::TargetNotFound("projectId")),
            _ => None,
        }
    }

    /// What it means that a row cannot be written.
    fn of(constraint: &str) -> Option<Self> {
        match constraint {
            "rates_target_key" => Some(Self::DuplicateRate),
            "rates_member_fkey" => Some(Self::TargetNotFound("memberId")),
            "rates_client_fkey" | "currencies_client_fkey" => Some(Self::TargetNotFound("clientId")),
            "rates_project_fkey" | "fixed_prices_project_fkey" => Some(Self::TargetNotFound("projectId")),
            "rates_category_fkey" => Some(Self::TargetNotFound("categoryId")),
            _ => None,
        }
    }
}
