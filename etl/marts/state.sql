CREATE TABLE state AS SELECT name AS state, code, tile_row, tile_column, position FROM raw.state;
