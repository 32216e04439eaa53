-- one row per authority that has a hexagon: its place on the map, from the left and from the top
select t.area_code, t.short, a.name, coalesce(a.region, '') as region, t.col, t."row"
from tile t join area a using (area_code)
order by t."row", t.col
