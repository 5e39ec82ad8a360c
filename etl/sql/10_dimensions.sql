-- The dimensions, as declared in data/*.yml. `raw` holds the checked input, one table a contract,
-- names already canonical; every row keeps the file and line it stands in.
CREATE TABLE specialty AS SELECT name AS specialty, family, position FROM raw.specialty;
CREATE TABLE applicant_type AS SELECT name AS applicant_type, kind, meaning, position FROM raw.applicant_type;
CREATE TABLE state AS SELECT name AS state, code, tile_row, tile_column, position FROM raw.state;
CREATE TABLE publisher AS SELECT publisher, name, url, rights FROM raw.publisher;
CREATE TABLE source AS
SELECT name AS source_id, publisher, year, title, read_from FROM raw.source;
-- Every form in which names are printed or written, folded as etl.dimensions.fold does.
CREATE TABLE printed_name AS SELECT dimension, printed, name FROM raw.printed_name;
