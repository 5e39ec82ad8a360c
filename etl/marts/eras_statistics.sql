CREATE TABLE eras_statistics AS SELECT * FROM raw.eras_statistics;
