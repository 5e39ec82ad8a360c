CREATE TABLE usmle_passing_standards AS SELECT * REPLACE (valid_from::DATE AS valid_from) FROM raw.usmle_passing_standards;
