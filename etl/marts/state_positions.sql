CREATE TABLE state_positions AS
SELECT match_year, state, positions_offered AS offered, positions_filled AS filled,
       filled_us_md_senior, filled_us_md_grad, filled_us_do_senior, filled_us_do_grad,
       filled_us_img, filled_non_us_img, filled_other, source_id, file, line
FROM raw.positions_by_state_type;
