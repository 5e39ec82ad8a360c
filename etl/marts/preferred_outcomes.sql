-- Matched to the *preferred* specialty. `cohort` tells whom the counts cover; never mix cohorts.
CREATE TABLE preferred_outcomes AS
SELECT edition_year AS edition, applicant_type, specialty,
       CASE WHEN measure LIKE '%all active applicants' THEN 'all active'
            WHEN measure LIKE '%consented%' THEN 'consented'
            ELSE 'unstated' END AS cohort,
       n_matched AS matched, n_not_matched AS unmatched, n_total AS total,
       positions, all_applicants_preferring, note, source_id, file, line
FROM raw.preferred_specialty_outcomes
-- The estimator reads this; the editions of 2007, 2013 and MD seniors of 2026 wait for its new base.
WHERE n_total IS NOT NULL AND file NOT LIKE '%2007_2026%';
