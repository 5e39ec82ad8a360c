-- Positions by specialty. `scope` tells what is counted together; only rows of one scope compare.
-- Single cells of most 2025 Table 1 rows are not confirmed by a second reading.
CREATE TABLE positions AS
SELECT match_year, specialty,
       CASE level WHEN 'PGY-1' THEN 'PGY-1'
                  WHEN 'PGY-1 and PGY-2 (all levels)' THEN 'PGY-1 and PGY-2'
                  ELSE 'all levels, preliminary left out' END AS scope,
       programs, positions_offered AS offered, unfilled_programs, positions_filled AS filled,
       filled_us_md_senior, filled_us_md_grad, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img, filled_other,
       applicants_total, applicants_us_md_senior, applicants_us_do_senior,
       NOT (match_year = 2025 AND specialty NOT IN ('Internal Medicine', 'Orthopaedic Surgery')) AS confirmed,
       note, source_id, file, line
FROM raw.positions_by_specialty;

-- The by-state publication summed over the nation: every applicant type, tracks merged
-- (categorical, preliminary and primary care together).
CREATE TABLE positions_by_level AS
SELECT match_year, specialty, coalesce(level, 'not printed') AS level,
       positions_offered AS offered, positions_filled AS filled,
       filled_us_md_senior, filled_us_md_grad, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img, filled_other, source_id, file, line
FROM raw.positions_by_specialty_type;

-- Who fills the positions, long form: one row an applicant type.
CREATE TABLE fills AS
WITH complete AS (
    SELECT match_year, specialty, scope, filled, filled_us_md_senior, filled_us_md_grad,
           filled_us_do_senior, filled_us_do_grad, filled_us_img, filled_non_us_img,
           source_id, file, line
    FROM positions
    WHERE filled_non_us_img IS NOT NULL AND filled_us_img IS NOT NULL
    UNION ALL
    SELECT match_year, specialty, 'all levels and tracks', sum(filled)::BIGINT,
           sum(filled_us_md_senior)::BIGINT, sum(filled_us_md_grad)::BIGINT,
           sum(filled_us_do_senior)::BIGINT, sum(filled_us_do_grad)::BIGINT,
           sum(filled_us_img)::BIGINT, sum(filled_non_us_img)::BIGINT,
           min(source_id), min(file), min(line)
    FROM positions_by_level GROUP BY match_year, specialty
)
SELECT match_year, specialty, scope, filled AS filled_total, source_id, file, line,
       CASE part WHEN 'filled_us_md_senior' THEN 'US MD Senior'
                 WHEN 'filled_us_md_grad' THEN 'US MD Graduate'
                 WHEN 'filled_us_do_senior' THEN 'US DO Senior'
                 WHEN 'filled_us_do_grad' THEN 'US DO Graduate'
                 WHEN 'filled_us_img' THEN 'US IMG'
                 WHEN 'filled_non_us_img' THEN 'Non-US IMG' END AS applicant_type,
       count AS filled_by_type
FROM (UNPIVOT complete ON filled_us_md_senior, filled_us_md_grad, filled_us_do_senior,
      filled_us_do_grad, filled_us_img, filled_non_us_img INTO NAME part VALUE count);

-- Two printed names of one specialty can stand in one year's table (Plastic Surgery): summed.
CREATE TABLE matches AS
SELECT match_year, applicant_type, specialty, sum(matched_pgy1)::BIGINT AS matched,
       min(source_id) AS source_id, min(file) AS file, min(line) AS line
FROM raw.matches_by_specialty GROUP BY match_year, applicant_type, specialty;

CREATE TABLE first_choice AS
SELECT match_year, specialty, first_or_only_choice_applicants AS applicants,
       positions_offered AS offered, note, source_id, file, line
FROM raw.first_choice_applicants;
