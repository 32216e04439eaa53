-- one row per value that can hardly be right but was kept
select i.label || ', ' || coalesce(a.name, o.area_code) || ', ' || o.year || ': ' || o.value || ' ' || i.unit
       || ' is hardly possible; check the published file'
from observation o join indicator i using (indicator) join area a using (area_code)
where not starts_with(o.indicator, 'lait:')  -- there a take-up of places may well exceed the children who live in the area
  and ((i.unit = '%' and o.value > 100) or (i.unit = 'per 10,000 children' and o.value > 10000))
order by 1
