CREATE TABLE state_pathways AS
SELECT state, kind AS pathway, effective_date::DATE AS since, training_or_practice_abroad AS requirement,
       * EXCLUDE (state, source_id, file, line) REPLACE (effective_date::DATE AS effective_date), source_id, file, line
FROM raw.state_pathways;
