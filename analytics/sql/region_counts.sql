-- one row per indicator, region and year with a published count of the whole region
select o.indicator, a.name as region, o.year, o.numerator
from observation o join area a using (area_code)
where a.kind = 'region' and o.numerator is not null and list_contains($indicators, o.indicator)
order by all
