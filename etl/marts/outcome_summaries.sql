CREATE TABLE outcome_summaries AS SELECT * FROM raw.outcome_summaries;
