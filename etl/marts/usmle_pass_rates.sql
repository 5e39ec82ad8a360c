CREATE TABLE usmle_pass_rates AS SELECT * FROM raw.usmle_pass_rates;
