CREATE TABLE program_fill_status AS SELECT * FROM raw.program_fill_status;
