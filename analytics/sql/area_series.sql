-- one row per area_code, year for one indicator and a list of areas
select o.area_code, a.name, a.kind, o.year, o.value, o.status, o.numerator, o.denominator,
       o.period_label, o.period_end, o.source, o.extract
from observation o join area a using (area_code)
where o.indicator = $indicator and list_contains($areas, o.area_code)
order by o.area_code, o.year
