-- Every form in which names are printed or written, folded as etl.dimensions.fold does.
CREATE TABLE printed_name AS SELECT dimension, printed, name FROM raw.printed_name;
