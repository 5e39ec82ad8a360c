CREATE TABLE state_pathways AS
SELECT * REPLACE (effective_date::DATE AS effective_date) FROM raw.state_pathways;
