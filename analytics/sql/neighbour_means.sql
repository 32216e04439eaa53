-- one row per year for one indicator: plain mean of an authority's statistical neighbours that have a figure
select o.year, avg(o.value) as mean, count(*) as authorities
from neighbour n join observation o on o.area_code = n.neighbour_code
where n.model = $model and n.area_code = $area and o.indicator = $indicator and o.value is not null
  and o.year between $first and $last
group by o.year order by o.year
