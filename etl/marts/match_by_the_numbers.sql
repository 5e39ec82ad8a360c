CREATE TABLE match_by_the_numbers AS SELECT * FROM raw.match_by_the_numbers;
