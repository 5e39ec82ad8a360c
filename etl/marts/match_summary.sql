CREATE TABLE match_summary AS SELECT * FROM raw.match_summary;
