CREATE TABLE ecfmg_pathways AS SELECT * FROM raw.ecfmg_pathways;
