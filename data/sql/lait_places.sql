-- one row per distinct number and name of a place
select distinct coalesce(regexp_replace("LA Number"::varchar, '\.0+$', ''), '') as number,
       coalesce("LA and Regions"::varchar, '') as name
from lait order by all
