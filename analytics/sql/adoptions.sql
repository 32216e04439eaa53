-- one row per adoption row of the register, every model
select d.area_code, coalesce(a.name, d.area_code) as name, a.region_code, d.model, m.name as model_name, d.role,
       d.start_low, d.start_high, d.precision, coalesce(d."end", '') as "end", coalesce(d.programme, '') as programme,
       d.can_treat, d.confidence, coalesce(d.note, '') as note, coalesce(d.prior_use, '') as prior_use, coalesce(d.source, '') as source
from adoption d join practice_model m using (model) left join area a using (area_code)
order by d.model, d.start_low nulls last, d.area_code
