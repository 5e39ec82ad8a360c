CREATE TABLE states_with_pathways AS SELECT * FROM raw.states_with_pathways;
