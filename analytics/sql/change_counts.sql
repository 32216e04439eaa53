-- one row per indicator, year, kind of change
select c.indicator, coalesce(i.label, j.label, c.indicator) as label, coalesce(i.theme, j.theme, '') as theme, c.year, c.kind,
       count(*) as cells, count(*) filter (c.new_value is not null or c.old_value is not null) as figures
from changed c left join newer.indicator i using (indicator) left join older.indicator j using (indicator)
where c.kind <> 'rounding'
group by all order by c.indicator, c.year, c.kind
