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
