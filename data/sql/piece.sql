-- one row per cell and the part that it plays in an observation
create temp table piece as
select w.indicator, w.provider, c.area_code, c.year + w.years_later as year, w.part, c.cell, c.number, c.value, c.status,
       c.period_label, c.period_end
from cell_fate c
join wanted w on (w.layout, w."column", w.filters) = (c.layout, c."column", c.filters)
where c.fate is null
