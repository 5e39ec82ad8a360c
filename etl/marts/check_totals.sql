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
WHERE applicant_type = 'US MD Senior' AND applicants.matched IS NOT NULL GROUP BY match_year);
