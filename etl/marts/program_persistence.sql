CREATE TABLE program_persistence AS SELECT * FROM raw.program_persistence;
