-- one row per indicator, year: share (0-1) of the authorities listed for that year that hold a figure
select o.indicator, i.label, i.theme, o.year,
       count(*) filter (o.value is not null) as with_figure, count(*) as listed,
       count(*) filter (o.value is not null) / count(*) as share
from observation o join indicator i using (indicator) join area a using (area_code)
where a.kind = 'authority' and not starts_with(o.indicator, 'lait:')  -- hundreds more would hide the ones that readers compare
group by all order by i.theme, i.label, o.year
