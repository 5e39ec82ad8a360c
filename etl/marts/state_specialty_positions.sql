-- About 99 % of all positions: not NRMP totals.
CREATE TABLE state_specialty_positions AS
SELECT match_year, state, specialty, sum(positions_offered)::BIGINT AS offered,
       sum(positions_filled)::BIGINT AS filled, sum(institutions)::BIGINT AS institutions,
       min(source_id) AS source_id, min(file) AS file, min(line) AS line
FROM raw.positions_by_state_specialty GROUP BY match_year, state, specialty;
