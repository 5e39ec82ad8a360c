CREATE TABLE programs_by_state AS SELECT * FROM raw.programs_by_state;
