-- From the analyst's own copies of restricted documents; empty where none was imported.
CREATE TABLE state_specialty_types AS
SELECT match_year, state, specialty, coalesce(level, 'not printed') AS level,
       positions_offered AS offered, positions_filled AS filled,
       filled_us_md_senior, filled_us_md_grad, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img, filled_other, source_id, file, line
FROM raw.positions_by_state_specialty_type;

-- A program's specialty is told by its printed name; a name that no alias covers stays as printed.
CREATE TABLE programs AS
SELECT match_year, state, institution, city, program, coalesce(a.specialty, program) AS specialty,
       a.specialty IS NOT NULL AS specialty_known, code, quota, filled, source_id, file, line
FROM raw.program_positions p
LEFT JOIN raw.specialty_alias a ON a.printed = lower(p.program);
