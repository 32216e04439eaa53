-- one row per area, whether or not it has a figure
select area_code, coalesce(old_code, '') as old_code, name, kind, region_code, coalesce(region, '') as region, type, from_year, to_year,
       coalesce(former_codes, '') as former_codes, children_thousand
from area
order by area_code
