-- one row per neighbour model that is loaded: authorities for which it names somebody
select model, count(distinct area_code) as authorities
from neighbour
group by model order by model
