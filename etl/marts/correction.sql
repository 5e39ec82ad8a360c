CREATE TABLE correction AS SELECT * FROM raw.correction;
