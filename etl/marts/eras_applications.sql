CREATE TABLE eras_applications AS
SELECT season, applicant_group, per, applications_mean, trust, source_id, file, line
FROM raw.eras_applications;
