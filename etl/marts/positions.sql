-- Positions by specialty. `scope` tells what is counted together; only rows of one scope compare.
CREATE TABLE positions AS
SELECT match_year, specialty,
       CASE level WHEN 'PGY-1' THEN 'PGY-1'
                  WHEN 'PGY-1 and PGY-2 (all levels)' THEN 'PGY-1 and PGY-2'
                  ELSE 'all levels, preliminary left out' END AS scope,
       programs, positions_offered AS offered, unfilled_programs, positions_filled AS filled,
       filled_us_md_senior, filled_us_md_grad, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img, filled_other,
       applicants_total, applicants_us_md_senior, applicants_us_do_senior,
       trust,
       note, source_id, file, line
FROM raw.positions_by_specialty;
