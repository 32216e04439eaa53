-- one row per indicator, area, year for a list of indicators: authorities, regions and England
select o.indicator, o.area_code, o.year, o.value, o.status, o.numerator, o.denominator, o.period_end
from observation o
where list_contains($indicators, o.indicator)
order by o.indicator, o.area_code, o.year
