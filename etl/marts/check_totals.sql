-- Sums over rows against published totals. Each check names what must agree; a build with a
-- disagreement is not published. `slack` is what the publication leaves to types it does not print.
CREATE TABLE check_totals AS
SELECT *, published - found BETWEEN 0 AND slack AS agrees FROM (
SELECT 'PGY-1 positions of all specialties add up to the Total PGY-1 row' AS rule,
       match_year, sum(offered) FILTER (specialty <> 'All specialties') AS found,
       max(offered) FILTER (specialty = 'All specialties') AS published, 0 AS slack
FROM positions WHERE scope = 'PGY-1' GROUP BY match_year
HAVING count(*) FILTER (specialty = 'All specialties') > 0
UNION ALL
SELECT 'PGY-1 matches of all specialties add up to the Total PGY-1 row', match_year,
       sum(filled) FILTER (specialty <> 'All specialties'),
       max(filled) FILTER (specialty = 'All specialties'), 0
FROM positions WHERE scope = 'PGY-1' GROUP BY match_year
HAVING count(*) FILTER (specialty = 'All specialties') > 0
UNION ALL
SELECT 'The Total PGY-1 row agrees with the published PGY-1 positions', match_year, offered, positions_pgy1, 0
FROM positions JOIN totals USING (match_year)
WHERE scope = 'PGY-1' AND specialty = 'All specialties' AND positions_pgy1 IS NOT NULL
UNION ALL
SELECT 'Positions by specialty, level and type add up to all positions', match_year, sum(offered), max(positions_all), 0
FROM positions_by_level JOIN totals USING (match_year) GROUP BY match_year
UNION ALL
SELECT 'Filled positions by specialty, level and type add up to all filled', match_year, sum(filled), max(filled_all), 0
FROM positions_by_level JOIN totals USING (match_year) GROUP BY match_year
UNION ALL
SELECT 'Positions by state and type add up to all positions', match_year, sum(offered), max(positions_all), 0
FROM state_positions JOIN totals USING (match_year) GROUP BY match_year
UNION ALL
SELECT 'Filled positions by state and type add up to all filled', match_year, sum(filled), max(filled_all), 0
FROM state_positions JOIN totals USING (match_year) GROUP BY match_year
UNION ALL
SELECT 'Active applicants by type add up to all active applicants', match_year,
       sum(active) FILTER (kind = 'type'), max(active) FILTER (applicant_type = 'All applicants'), 50
FROM applicants JOIN applicant_type USING (applicant_type) GROUP BY match_year
HAVING count(active) FILTER (kind = 'type') = 6
UNION ALL
SELECT 'U.S. MD senior matches by specialty add up to those by applicant type', match_year,
       sum(matches.matched), max(applicants.matched), 0
FROM matches JOIN applicants USING (match_year, applicant_type)
WHERE applicant_type = 'US MD Senior' AND applicants.matched IS NOT NULL GROUP BY match_year
UNION ALL
SELECT 'Active applicants of every type of 2001 to 2008 add up to all active applicants', match_year,
       sum(active) FILTER (applicant_type <> 'All applicants'), max(active) FILTER (applicant_type = 'All applicants'), 0
FROM applicants WHERE match_year BETWEEN 2001 AND 2008 GROUP BY match_year
UNION ALL
SELECT 'Matched applicants of every type of 2001 to 2008 add up to all matched', match_year,
       sum(matched) FILTER (applicant_type <> 'All applicants'), max(matched) FILTER (applicant_type = 'All applicants'), 0
FROM applicants WHERE match_year BETWEEN 2001 AND 2008 GROUP BY match_year
UNION ALL
SELECT 'PGY-1 matches of all applicants by specialty add up to all matched', match_year, sum(matches.matched), max(applicants.matched), 0
FROM matches JOIN applicants USING (match_year, applicant_type)
WHERE applicant_type = 'All applicants' AND applicants.matched IS NOT NULL GROUP BY match_year
UNION ALL
SELECT 'Outcomes of 2007 by band of ' || b.measure || ' add up to those by specialty', 2007, sum(b.matched), sum(b.published), 0
FROM (SELECT o.specialty, o.applicant_type, o.measure, sum(o.matched) AS matched, any_value(p.n_matched) AS published
      FROM outcome_bands o JOIN raw.preferred_specialty_outcomes p
           ON p.edition_year = 2007 AND p.specialty = o.specialty AND p.applicant_type = o.applicant_type
      WHERE o.edition = '2007' GROUP BY ALL) b GROUP BY b.measure
UNION ALL
SELECT 'Positions of programs by state add up to the published total', match_year, sum(positions_offered), max(published),
       CASE match_year WHEN 2025 THEN 19 ELSE 0 END
FROM programs_by_state JOIN totals_over_programs USING (match_year)
WHERE measure = 'positions_all' AND published IS NOT NULL GROUP BY match_year
UNION ALL
SELECT 'Positions of programs by size add up to those by state', match_year, sum(s.positions_offered), max(p.offered), 0
FROM program_sizes s JOIN (SELECT match_year, sum(positions_offered) AS offered FROM programs_by_state GROUP BY 1) p USING (match_year)
WHERE measure = 'quota' GROUP BY match_year
UNION ALL
SELECT 'Positions by specialty and level add up to the sum over programs', match_year, sum(positions_offered), max(sum_over_programs), 0
FROM positions_by_specialty_level JOIN totals_over_programs USING (match_year)
WHERE measure = 'positions_all' AND match_year < 2025 GROUP BY match_year);
