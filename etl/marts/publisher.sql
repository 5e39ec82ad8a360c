CREATE TABLE publisher AS SELECT publisher, name, url, rights FROM raw.publisher;
