CREATE TABLE source AS
SELECT name AS source_id, publisher, year, title, read_from, sha256 FROM raw.source;
