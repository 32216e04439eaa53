-- one row per authority, year: children aged 0 to 17 at the middle of the calendar year
select o.area_code, o.year, o.value as children
from observation o join area a using (area_code)
where o.indicator = 'children_0_17' and a.kind = 'authority' and o.value is not null
order by o.area_code, o.year
