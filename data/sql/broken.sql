-- one row per thing that must not be in a finished warehouse
select 'no observation' where not exists (select 1 from observation)
union all
select 'figures of areas that are not in the register: ' || string_agg(distinct area_code, ', ')
from observation anti join area using (area_code) having count(*) > 0
union all
select count(*) || ' values that are no finite number' from observation where not isfinite(value) having count(*) > 0
union all
select count(*) || ' values beside a status that has none' from observation
where value is not null and status not in ('ok', 'low_reliability') having count(*) > 0
union all
select count(*) || ' figures marked ok without a value' from observation where value is null and status = 'ok' having count(*) > 0
union all
select 'adoptions of unknown authorities: ' || string_agg(distinct area_code, ', ')
from adoption anti join area using (area_code) having count(*) > 0
