-- one row per extract: what became of its cells
select f.number,
       count(*) filter (k.cell is not null) as kept,
       count(*) filter (f.fate in ('out of scope', 'superseded') or (f.fate is null and k.cell is null)) as out_of_scope,
       count(*) filter (f.fate = 'rejected') as rejected,
       count(*) filter (f.fate = 'superseded') as superseded
from cell_fate f left join cell_kept k using (cell)
group by f.number
