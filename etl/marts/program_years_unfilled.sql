CREATE TABLE program_years_unfilled AS SELECT * FROM raw.program_years_unfilled;
