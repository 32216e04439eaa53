-- one row per year for one indicator: quartiles (type 7) of the authorities that have a figure
select o.year, quantile_cont(o.value, 0.25) as low, quantile_cont(o.value, 0.75) as high, count(*) as authorities
from observation o join area a using (area_code)
where o.indicator = $indicator and a.kind = 'authority' and o.value is not null and o.year between $first and $last
group by o.year order by o.year
