CREATE TABLE applicant_choices AS SELECT * FROM raw.applicant_choices;
