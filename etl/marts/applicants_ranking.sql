CREATE TABLE applicants_ranking AS SELECT * FROM raw.applicants_ranking;
