CREATE TABLE usmle_score_means AS SELECT * FROM raw.usmle_score_means;
