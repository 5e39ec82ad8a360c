CREATE TABLE signals AS SELECT * FROM raw.signals;
