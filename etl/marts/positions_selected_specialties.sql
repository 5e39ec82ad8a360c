CREATE TABLE positions_selected_specialties AS SELECT * FROM raw.positions_selected_specialties;
