-- How much time or money a project or a client has, in all or for each month.
CREATE TABLE budgets (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    client_id uuid,
    project_id uuid,
    measure text NOT NULL,
    period text NOT NULL,
    -- Seconds, or ten-thousandths of the currency of the client.
    size bigint NOT NULL,
    -- At which percentages of it the budget has its alerts.
    alert_percents integer[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT budgets_pkey PRIMARY KEY (id),
    CONSTRAINT budgets_workspace_id_key UNIQUE (workspace_id, id),
    CONSTRAINT budgets_target_key UNIQUE NULLS NOT DISTINCT (workspace_id, client_id, project_id, measure, period),
    CONSTRAINT budgets_client_fkey FOREIGN KEY (workspace_id, client_id) REFERENCES clients (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT budgets_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT budgets_target_valid CHECK (num_nonnulls(client_id, project_id) = 1),
    CONSTRAINT budgets_measure_valid CHECK (measure IN ('time', 'money')),
    CONSTRAINT budgets_period_valid CHECK (period IN ('total', 'month')),
    CONSTRAINT budgets_size_valid CHECK (size BETWEEN 1 AND 99999999999999),
    CONSTRAINT budgets_alert_percents_valid CHECK (cardinality(alert_percents) <= 10 AND 1 <= ALL (alert_percents) AND 1000 >= ALL (alert_percents))
);
CREATE INDEX budgets_by_project ON budgets (workspace_id, project_id);
CREATE TRIGGER budgets_revision BEFORE UPDATE ON budgets FOR EACH ROW EXECUTE FUNCTION bump_revision();
CREATE TRIGGER budgets_publish_insert AFTER INSERT ON budgets
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER budgets_publish_update AFTER UPDATE ON budgets
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER budgets_publish_delete AFTER DELETE ON budgets
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();

-- The alerts that budgets have had: once for each percentage and period, whichever server notices first.
CREATE TABLE budget_alerts (
    workspace_id uuid NOT NULL,
    budget_id uuid NOT NULL,
    -- The first day of the month; of budgets in all, 1970-01-01.
    period_start date NOT NULL,
    percent integer NOT NULL,
    reached_at timestamptz NOT NULL,
    CONSTRAINT budget_alerts_pkey PRIMARY KEY (workspace_id, budget_id, period_start, percent),
    CONSTRAINT budget_alerts_budget_fkey FOREIGN KEY (workspace_id, budget_id) REFERENCES budgets (workspace_id, id) ON DELETE CASCADE
);
CREATE TRIGGER budget_alerts_publish_insert AFTER INSERT ON budget_alerts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER budget_alerts_publish_update AFTER UPDATE ON budget_alerts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER budget_alerts_publish_delete AFTER DELETE ON budget_alerts
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
