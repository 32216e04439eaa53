-- one row per authority and statistical neighbour of one model, the nearest first
select n.area_code, n.neighbour_code, a.name, n.rank, n.closeness
from neighbour n join area a on a.area_code = n.neighbour_code
where n.model = $model
order by n.area_code, n.rank
