-- What tracked time is worth: currencies, dated rates, fixed prices. Amounts are not stored: reports compute them from the rates that held when the
-- time was tracked, so that a rate which is dated back changes them and today's rate does not.
--
-- Rates and prices are whole numbers of ten-thousandths of the currency, which is exact in every arithmetic.

-- The currency of a workspace (without a client), and of clients that have another one.
CREATE TABLE currencies (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    client_id uuid,
    -- ISO 4217.
    currency text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT currencies_pkey PRIMARY KEY (id),
    CONSTRAINT currencies_client_key UNIQUE NULLS NOT DISTINCT (workspace_id, client_id),
    CONSTRAINT currencies_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT currencies_client_fkey FOREIGN KEY (workspace_id, client_id) REFERENCES clients (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT currencies_currency_valid CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE TRIGGER currencies_revision BEFORE UPDATE ON currencies FOR EACH ROW EXECUTE FUNCTION bump_revision();

-- What an hour is worth from a day on, until the next rate of the same target. The target is a member in a project, a category with what is below it, a
-- project, a client, a member, or, with none of these, the workspace.
CREATE TABLE rates (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    -- What clients pay, or what members cost.
    kind text NOT NULL,
    user_id uuid,
    client_id uuid,
    project_id uuid,
    category_id uuid,
    -- A day of the workspace's time zone.
    valid_from date NOT NULL,
    -- Ten-thousandths of the currency for an hour; null ends the rate, so that the next target decides.
    hourly bigint,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT rates_pkey PRIMARY KEY (id),
    CONSTRAINT rates_target_key UNIQUE NULLS NOT DISTINCT (workspace_id, kind, user_id, client_id, project_id, category_id, valid_from),
    CONSTRAINT rates_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT rates_member_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT rates_client_fkey FOREIGN KEY (workspace_id, client_id) REFERENCES clients (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT rates_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT rates_category_fkey FOREIGN KEY (workspace_id, project_id, category_id)
        REFERENCES categories (workspace_id, project_id, id) ON DELETE CASCADE,
    CONSTRAINT rates_kind_valid CHECK (kind IN ('billable', 'cost')),
    CONSTRAINT rates_target_valid CHECK (
        CASE kind
            WHEN 'cost' THEN client_id IS NULL AND project_id IS NULL AND category_id IS NULL
            ELSE (category_id IS NULL OR project_id IS NOT NULL) AND (user_id IS NULL OR category_id IS NULL)
                AND (client_id IS NULL OR (project_id IS NULL AND user_id IS NULL))
        END),
    CONSTRAINT rates_valid_from_valid CHECK (valid_from BETWEEN '1970-01-01' AND '2099-12-31'),
    CONSTRAINT rates_hourly_valid CHECK (hourly BETWEEN 0 AND 999999999)
);
CREATE INDEX rates_by_member ON rates (workspace_id, user_id);
CREATE INDEX rates_by_client ON rates (workspace_id, client_id);
CREATE INDEX rates_by_category ON rates (workspace_id, project_id, category_id);
CREATE TRIGGER rates_revision BEFORE UPDATE ON rates FOR EACH ROW EXECUTE FUNCTION bump_revision();

-- Projects that are paid as a whole: their hours earn nothing by themselves.
CREATE TABLE fixed_prices (
    workspace_id uuid NOT NULL,
    project_id uuid NOT NULL,
    -- Ten-thousandths of the currency of the project's client.
    price bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT fixed_prices_pkey PRIMARY KEY (workspace_id, project_id),
    CONSTRAINT fixed_prices_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fixed_prices_price_valid CHECK (price BETWEEN 0 AND 99999999999999)
);
CREATE TRIGGER fixed_prices_revision BEFORE UPDATE ON fixed_prices FOR EACH ROW EXECUTE FUNCTION bump_revision();

-- Amounts of everything may change with a rate, so the workspace as a whole is told of. Which rate it was is not: not every member may know of it.
CREATE FUNCTION publish_workspace_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO events (workspace_id, kind, change) SELECT DISTINCT workspace_id, 'workspace', 'updated' FROM old_rows;
    ELSE
        INSERT INTO events (workspace_id, kind, change) SELECT DISTINCT workspace_id, 'workspace', 'updated' FROM new_rows;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER currencies_publish_insert AFTER INSERT ON currencies
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER currencies_publish_update AFTER UPDATE ON currencies
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER currencies_publish_delete AFTER DELETE ON currencies
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER rates_publish_insert AFTER INSERT ON rates
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER rates_publish_update AFTER UPDATE ON rates
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER rates_publish_delete AFTER DELETE ON rates
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER fixed_prices_publish_insert AFTER INSERT ON fixed_prices
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER fixed_prices_publish_update AFTER UPDATE ON fixed_prices
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER fixed_prices_publish_delete AFTER DELETE ON fixed_prices
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
