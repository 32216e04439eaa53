-- one row per extract and reason: cells that are out of scope, most first
select f.number, coalesce(f.reason, 'for which no observation could be made') as why, count(*) as cells
from cell_fate f left join cell_kept k using (cell)
where f.fate in ('out of scope', 'superseded') or (f.fate is null and k.cell is null)
group by all order by f.number, cells desc, why
