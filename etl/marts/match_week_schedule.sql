CREATE TABLE match_week_schedule AS SELECT * FROM raw.match_week_schedule;
