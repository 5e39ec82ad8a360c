CREATE TABLE img_share_of_physicians AS SELECT * FROM raw.img_share_of_physicians;
