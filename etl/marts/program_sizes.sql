CREATE TABLE program_sizes AS SELECT * FROM raw.program_sizes;
