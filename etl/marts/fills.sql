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
