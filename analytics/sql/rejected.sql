-- one row per rejected cell, or run of cells of a line
select r.extract, e.file, r.line, r."column", r.value, r.reason, r.cells
from rejected r left join extract e using (extract)
order by e.file, r.line, r."column"
