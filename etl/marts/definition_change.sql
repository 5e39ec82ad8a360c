CREATE TABLE definition_change AS
SELECT match_year, change, meaning, source_id, file, line FROM raw.definition_changes;
