-- Characters 5 to 7 of a program's code are its specialty's, the eighth is the kind of position, as
-- the report's front matter says. A code that is not in the table leaves it to the printed name, and
-- where that has a site or track in it ("Psychiatry/Westside"), the specialty stays as printed.
CREATE TABLE programs AS
SELECT match_year, state, institution, city, program,
       coalesce(c.specialty, a.name, program) AS specialty,
       coalesce(c.specialty, a.name) IS NOT NULL AS specialty_known,
       CASE substr(p.code, 8, 1) WHEN 'C' THEN 'PGY-1' WHEN 'M' THEN 'PGY-1'
            WHEN 'P' THEN 'PGY-1 preliminary' WHEN 'A' THEN 'PGY-2 advanced'
            WHEN 'R' THEN 'PGY-2 physician (reserved)' ELSE 'not printed' END AS level,
       p.code, quota, filled, p.source_id, p.file, p.line
FROM raw.program_positions p
LEFT JOIN raw.specialty_codes c ON c.code = substr(p.code, 5, 3)
     AND c.training = CASE substr(p.code, 8, 1) WHEN 'P' THEN 'preliminary' WHEN 'M' THEN 'primary care'
                           ELSE 'full' END
LEFT JOIN raw.printed_name a ON a.dimension = 'specialty' AND a.printed = lower(p.program);
