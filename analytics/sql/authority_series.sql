-- one row per authority, year for one indicator: every authority
select o.area_code, a.name, a.region_code, o.year, o.value, o.status
from observation o join area a using (area_code)
where o.indicator = $indicator and a.kind = 'authority'
order by o.area_code, o.year
