CREATE TABLE positions_by_specialty_level AS SELECT * FROM raw.positions_by_specialty_level;
