CREATE TABLE couples AS SELECT * FROM raw.couples;
