CREATE TABLE published_effects AS SELECT * FROM raw.published_effects;
