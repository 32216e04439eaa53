-- one row per indicator, authority, year for a list of indicators and a range of years
select o.indicator, o.area_code, o.year, o.value, o.status, o.numerator, o.denominator
from observation o join area a using (area_code)
where list_contains($indicators, o.indicator) and a.kind = 'authority' and o.year between $first and $last
order by o.indicator, o.area_code, o.year
