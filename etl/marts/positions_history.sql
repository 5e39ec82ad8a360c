CREATE TABLE positions_history AS SELECT * FROM raw.positions_history;
