-- What the Match left open, by specialty: from the by-state publication where it covers the year, for its
-- sums are the published totals; else from the sums over programs.
CREATE TABLE open_positions AS
WITH covered AS (
    SELECT match_year, specialty, sum(offered)::BIGINT AS offered, sum(filled)::BIGINT AS filled,
           NULL::BIGINT AS programs_unfilled, min(source_id) AS source_id
    FROM positions_by_level GROUP BY match_year, specialty
)
SELECT *, offered - filled AS open FROM covered
UNION ALL BY NAME
SELECT match_year, specialty, sum(positions_offered)::BIGINT AS offered, sum(positions_filled)::BIGINT AS filled,
       sum(programs_unfilled)::BIGINT AS programs_unfilled, min(source_id) AS source_id,
       sum(positions_offered - positions_filled)::BIGINT AS open
FROM positions_by_specialty_level
WHERE match_year NOT IN (SELECT match_year FROM covered) GROUP BY match_year, specialty;
