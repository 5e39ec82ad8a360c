-- Who filled the positions of a specialty, year by year, long form: one row an applicant type, as the
-- table of its year counts them (U.S. DO seniors and graduates together before 2014).
CREATE TABLE fills_by_year AS
WITH printed AS (
    UNPIVOT (SELECT match_year, specialty, level, positions_filled, filled_us_md_senior, filled_us_md_grad, filled_us_do,
                    filled_us_do_senior, filled_us_do_grad, filled_us_img, filled_non_us_img, trust, source_id
             FROM positions_filled_by_type
             WHERE filled_us_md_senior IS NOT NULL AND filled_us_img IS NOT NULL AND filled_non_us_img IS NOT NULL
                   AND coalesce(filled_us_do, filled_us_do_senior) IS NOT NULL AND level IN ('PGY-1', 'PGY-1 and PGY-2 together'))
    ON filled_us_md_senior, filled_us_md_grad, filled_us_do, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img INTO NAME part VALUE filled
)
SELECT match_year, specialty, level,
       CASE part WHEN 'filled_us_md_senior' THEN 'US MD Senior' WHEN 'filled_us_md_grad' THEN 'US MD Graduate'
                 WHEN 'filled_us_do' THEN 'US DO (seniors and graduates)' WHEN 'filled_us_do_senior' THEN 'US DO Senior'
                 WHEN 'filled_us_do_grad' THEN 'US DO Graduate' WHEN 'filled_us_img' THEN 'US IMG'
                 ELSE 'Non-US IMG' END AS applicant_type,
       filled, positions_filled AS filled_total, trust, source_id
FROM printed
UNION ALL
SELECT match_year, specialty, 'PGY-1' AS level, applicant_type, filled_by_type, filled_total, 'single', source_id
FROM fills f
WHERE scope = 'PGY-1' AND NOT EXISTS (SELECT 1 FROM positions_filled_by_type p
                                      WHERE p.match_year = f.match_year AND p.specialty = f.specialty)
UNION ALL
SELECT match_year, specialty, level, applicant_type, filled, filled_total, 'confirmed', source_id
FROM (UNPIVOT (SELECT match_year, specialty, level, filled AS filled_total, filled_us_md_senior AS "US MD Senior",
                      filled_us_md_grad AS "US MD Graduate", filled_us_do_senior AS "US DO Senior",
                      filled_us_do_grad AS "US DO Graduate", filled_us_img AS "US IMG", filled_non_us_img AS "Non-US IMG",
                      source_id
               FROM positions_by_level b WHERE level = 'PGY-1'
                    AND NOT EXISTS (SELECT 1 FROM positions_filled_by_type p
                                    WHERE p.match_year = b.match_year AND p.specialty = b.specialty)
                    AND NOT EXISTS (SELECT 1 FROM fills f WHERE f.scope = 'PGY-1'
                                    AND f.match_year = b.match_year AND f.specialty = b.specialty))
      ON "US MD Senior", "US MD Graduate", "US DO Senior", "US DO Graduate", "US IMG", "Non-US IMG"
      INTO NAME applicant_type VALUE filled);
