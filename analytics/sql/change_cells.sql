-- one row per area_code, year, indicator that differs by more than rounding; of the kinds asked for, the largest first
select c.kind, c.indicator, coalesce(i.label, j.label, c.indicator) as label, coalesce(i.unit, j.unit, '') as unit, c.decimals,
       c.area_code, coalesce(a.name, b.name, c.area_code) as name, c.year, c.old_value, c.old_status, c.new_value, c.new_status,
       c.new_value - c.old_value as change, c.size
from changed c
left join newer.indicator i using (indicator) left join older.indicator j using (indicator)
left join newer.area a using (area_code) left join older.area b using (area_code)
where list_contains($kinds, c.kind)
order by c.size desc nulls last, c.kind, c.indicator, c.year desc, c.area_code
limit $most
