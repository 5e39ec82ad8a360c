CREATE TABLE totals_over_programs AS SELECT * FROM raw.totals_over_programs;
