-- one row per area that has at least one figure; region and England last
select a.area_code, coalesce(a.old_code, '') as old_code, a.name, a.kind, a.region_code, coalesce(a.region, '') as region, a.type, a.from_year, a.to_year,
       coalesce(a.former_codes, '') as former_codes, a.children_thousand
from area a
where exists (select 1 from observation o where o.area_code = a.area_code)
order by case a.kind when 'authority' then 0 when 'region' then 1 else 2 end, a.name
