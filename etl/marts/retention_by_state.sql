CREATE TABLE retention_by_state AS SELECT * FROM raw.retention_by_state;
