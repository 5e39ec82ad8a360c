-- All that is published of groups of matched and not matched, for the estimator: the distributions of
-- every edition, the means of 2024, and the summaries of 2007.
CREATE TABLE outcome_figures AS
SELECT edition_year::VARCHAR AS edition, applicant_type, specialty, outcome,
       CASE measure WHEN 'step2ck' THEN 'step2_ck' ELSE measure END AS measure,
       n, min, q1, median, q3, max, mean, sd, source_id
FROM raw.charting_outcomes_distributions
UNION ALL BY NAME
SELECT edition::VARCHAR AS edition, applicant_type, specialty, outcome, measure, n, mean, source_id
FROM characteristics WHERE edition = 2024
UNION ALL BY NAME
SELECT edition_year::VARCHAR AS edition, applicant_type, specialty, outcome,
       CASE measure WHEN 'step2' THEN 'step2_ck' ELSE measure END AS measure, max(n) AS n,
       max(value) FILTER (statistic = 'mean') AS mean, max(value) FILTER (statistic = 'q1') AS q1,
       max(value) FILTER (statistic = 'median') AS median, max(value) FILTER (statistic = 'q3') AS q3,
       any_value(source_id) AS source_id
FROM outcome_summaries
WHERE edition_year = 2007 AND measure IN ('step2', 'contiguous_ranks') AND specialty <> 'All specialties'
GROUP BY ALL;
