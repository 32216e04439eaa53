-- one row per practice model
select m.* replace (coalesce(m.contains, '') as contains), count(distinct d.area_code) as authorities,
       count(distinct d.area_code) filter (d.can_treat and d.start_low is not null) as dated_authorities
from practice_model m left join adoption d using (model)
group by all order by m.illustrative desc, authorities desc, m.name
