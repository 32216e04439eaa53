-- one row per rejected cell, or per row of cells that share one reason
insert into rejected
select e.extract, f.line, any_value(r."column"), any_value(case when r."column" is null then r.name else r.period_label end), r.reason, count(*) as cells
from cell_fate f join row_fate r using (number, line) join extract_read e on e.number = f.number
where r.fate = 'rejected' group by e.extract, f.line, r.reason
union all
select e.extract, f.line, f."column", f.printed, f.reason, 1
from cell_fate f join row_fate r using (number, line) join extract_read e on e.number = f.number
where r.fate is null and f.fate = 'rejected'
order by 1, 2, 3
