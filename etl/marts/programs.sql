-- A program's specialty is told by its printed name. Where that has a site or track in it
-- ("Psychiatry/Westside"), by its code: characters 5 to 8 stand for specialty and kind of position, so
-- programs with known names tell it, where all agree. What neither tells stays as printed.
CREATE TABLE programs AS
WITH named AS (
    SELECT p.*, a.specialty AS by_name
    FROM raw.program_positions p LEFT JOIN raw.specialty_alias a ON a.printed = lower(p.program)
), coded AS (
    SELECT substr(code, 5, 4) AS kind, min(by_name) AS by_code
    FROM named WHERE length(code) = 9 GROUP BY kind HAVING count(DISTINCT by_name) = 1
)
SELECT match_year, state, institution, city, program,
       coalesce(by_name, by_code, program) AS specialty,
       coalesce(by_name, by_code) IS NOT NULL AS specialty_known, code, quota, filled, source_id, file,
       line
FROM named LEFT JOIN coded ON length(code) = 9 AND substr(code, 5, 4) = kind;
