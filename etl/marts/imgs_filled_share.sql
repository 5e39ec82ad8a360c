CREATE TABLE imgs_filled_share AS SELECT * FROM raw.imgs_filled_share;
