-- About 99 % of all positions: not NRMP totals.
CREATE TABLE state_specialty_positions AS
SELECT match_year, state, specialty, sum(positions_offered)::BIGINT AS offered,
       sum(positions_filled)::BIGINT AS filled, sum(institutions)::BIGINT AS institutions,
       min(source_id) AS source_id, min(file) AS file, min(line) AS line
FROM raw.positions_by_state_specialty GROUP BY match_year, state, specialty;

CREATE TABLE state_positions AS
SELECT match_year, state, positions_offered AS offered, positions_filled AS filled,
       filled_us_md_senior, filled_us_md_grad, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img, filled_other, source_id, file, line
FROM raw.positions_by_state_type;

CREATE TABLE state_imgs AS
SELECT match_year, state, imgs_matched, trust, source_id, file, line FROM raw.imgs_matched_by_state;
