CREATE TABLE state_imgs AS
SELECT match_year, state, imgs_matched, trust, source_id, file, line FROM raw.imgs_matched_by_state;
