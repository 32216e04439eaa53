-- one row per indicator: the years and the share (0-1) of authority-years that hold a figure
update indicator set first_year = f.first_year, last_year = f.last_year, coverage = f.coverage
from (select o.indicator, min(o.year) filter (o.value is not null) as first_year,
             max(o.year) filter (o.value is not null) as last_year,
             count(o.value) filter (a.kind = 'authority') / nullif(count(*) filter (a.kind = 'authority'), 0) as coverage
      from observation o join area a using (area_code) group by o.indicator) f
where f.indicator = indicator.indicator
