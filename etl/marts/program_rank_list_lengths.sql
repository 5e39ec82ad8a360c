CREATE TABLE program_rank_list_lengths AS SELECT * FROM raw.program_rank_list_lengths;
