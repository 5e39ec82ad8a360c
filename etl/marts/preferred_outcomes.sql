-- Matched to the *preferred* specialty. `cohort` tells whom the counts cover; never mix cohorts.
CREATE TABLE preferred_outcomes AS
SELECT edition_year AS edition, applicant_type, specialty,
       CASE WHEN measure LIKE '%all active applicants' THEN 'all active'
            WHEN measure LIKE '%consented%' THEN 'consented'
            ELSE 'unstated' END AS cohort,
       n_matched AS matched, n_not_matched AS unmatched, n_total AS total,
       positions, all_applicants_preferring, note, source_id, file, line
FROM raw.preferred_specialty_outcomes
-- Not the edition of 2007: its "independent applicants" are no applicant type of today.
WHERE n_total > 0 AND edition_year >= 2013
-- A count that two publications print stands once.
QUALIFY row_number() OVER (PARTITION BY edition, applicant_type, specialty, cohort ORDER BY file DESC) = 1;
