CREATE TABLE usmle_passing_standards AS SELECT * FROM raw.usmle_passing_standards;
