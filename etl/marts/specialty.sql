-- The dimensions, as declared in data/*.yml. `raw` holds the checked input, one table a contract,
-- names already canonical; every row keeps the file and line it stands in.
CREATE TABLE specialty AS SELECT name AS specialty, family, position FROM raw.specialty;
