CREATE TABLE positions_filled_by_type AS SELECT * FROM raw.positions_filled_by_type;
