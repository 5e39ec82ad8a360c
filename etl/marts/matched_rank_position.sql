CREATE TABLE matched_rank_position AS SELECT * FROM raw.matched_rank_position;
