-- `lineage` holds every checked input row; this view leads each to its publication and its file.
CREATE VIEW why AS
SELECT l.table_name, f.title, l.year, l.specialty, l.applicant_type, l.state, l.figures,
       s.title AS publication, s.publisher, s.read_from, l.file, l.line, f.sha256, f.notes,
       (SELECT build_id FROM build) AS build_id
FROM lineage l JOIN source s USING (source_id) JOIN input_file f ON f.file = l.file
ORDER BY l.table_name, l.file, l.line;
