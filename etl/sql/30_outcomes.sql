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

-- Another population again: seniors who ranked this specialty and no other.
CREATE TABLE one_specialty_outcomes AS
SELECT match_year, applicant_type, specialty, n_matched AS matched, n_unmatched AS unmatched,
       n_total AS total, note, source_id, file, line
FROM raw.seniors_ranking_one_specialty WHERE match_year >= 2014;

-- Long form: one row a measure. The 2024 means carry no spread; it stays empty.
CREATE TABLE characteristics AS
SELECT edition_year AS edition, applicant_type, specialty, outcome,
       CASE measure WHEN 'step2ck' THEN 'step2_ck' ELSE measure END AS measure,
       n, min, q1, median, q3, max, mean, sd, source_id, file, line
FROM raw.charting_outcomes_distributions WHERE applicant_type = 'Non-US IMG'
UNION ALL BY NAME
SELECT edition_year AS edition, applicant_type, specialty, outcome, n, source_id, file, line,
       CASE measure
           WHEN 'mean_step2_ck' THEN 'step2_ck'
           WHEN 'mean_research_experiences' THEN 'research'
           WHEN 'mean_publications' THEN 'abstracts_presentations_publications'
           WHEN 'mean_volunteer_experiences' THEN 'volunteer'
       END AS measure,
       mean
FROM (UNPIVOT raw.charting_outcomes_means
      ON mean_step2_ck, mean_research_experiences, mean_publications, mean_volunteer_experiences
      INTO NAME measure VALUE mean);
