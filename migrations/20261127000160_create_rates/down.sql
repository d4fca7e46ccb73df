DROP TABLE fixed_prices;
DROP TABLE rates;
DROP TABLE currencies;
DROP FUNCTION publish_workspace_change();
