CREATE TABLE applicant_type AS SELECT name AS applicant_type, kind, meaning, position FROM raw.applicant_type;
