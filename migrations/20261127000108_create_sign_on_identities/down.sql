DROP TABLE sign_on_identities;
