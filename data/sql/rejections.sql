-- one row per rejected cell, or run of cells, of one extract
select line, "column", value, reason, cells from rejected where extract = $extract and cells > 0 order by line, "column"
