CREATE TABLE rule_changes AS SELECT * FROM raw.rule_changes;
