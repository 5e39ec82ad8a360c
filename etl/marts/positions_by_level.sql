-- The by-state publication summed over the nation: every applicant type, tracks merged
-- (categorical, preliminary and primary care together).
CREATE TABLE positions_by_level AS
SELECT match_year, specialty, coalesce(level, 'not printed') AS level,
       positions_offered AS offered, positions_filled AS filled,
       filled_us_md_senior, filled_us_md_grad, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img, filled_other, source_id, file, line
FROM raw.positions_by_specialty_type;
