CREATE TABLE ranked_per_position AS SELECT * FROM raw.ranked_per_position;
