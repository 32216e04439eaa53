-- one row per year for one indicator: mean and median of those of a list of authorities that have a figure
select year, avg(value) as mean, median(value) as median, count(value) as authorities
from observation
where indicator = $indicator and list_contains($areas, area_code) and year between $first and $last
group by year order by year
