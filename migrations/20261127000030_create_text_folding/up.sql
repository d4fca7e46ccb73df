-- "Without regard to case" for all letters, whatever the locale of the database is.
--
-- lower() and ILIKE use LC_CTYPE of the database. Where that is C, as in clusters that operators of Kubernetes make, they know ASCII only,
-- and Ärger and ärger are two tags. The collation und-x-icu is the root locale of ICU, the same in every database. The results are
-- compared byte by byte ("C"), so that no index depends on the order of letters, which changes with versions of ICU.

-- One sentence at the migration instead of an error at each statement afterwards.
DO $$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'the encoding of this database is %, and Clockwork needs UTF8: make the database anew with ENCODING UTF8',
            current_setting('server_encoding');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu' AND collprovider = 'i') THEN
        RAISE EXCEPTION 'this PostgreSQL has no collation und-x-icu: Clockwork needs PostgreSQL built with ICU, as the usual packages are';
    END IF;
END
$$;

-- Descriptions: lower case.
CREATE FUNCTION lower_unicode(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(value COLLATE "und-x-icu") COLLATE "C";

-- Names: lower case, and canonically equal spellings (é as one character or as two) as one. Both functions are inlined, so that an
-- index over one of them serves statements with it.
CREATE FUNCTION fold_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(normalize(name, NFC) COLLATE "und-x-icu") COLLATE "C";
