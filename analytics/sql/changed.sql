-- one row per area_code, year, indicator that differs between two attached warehouses, older and newer
create or replace temp table changed as
with newer_cells as (
    select area_code, year, indicator, value, status from newer.observation where $area is null or area_code = $area
), older_cells as (
    select area_code, year, indicator, value, status from older.observation where $area is null or area_code = $area
), differing as (
    select area_code, year, indicator, o.value as old_value, o.status as old_status, n.value as new_value, n.status as new_status
    from newer_cells n full join older_cells o using (area_code, year, indicator)
    where n.value is distinct from o.value or n.status is distinct from o.status
), older_years as (select distinct indicator, year from older.observation),
newer_years as (select distinct indicator, year from newer.observation),
older_areas as (select distinct area_code from older.observation),
newer_areas as (select distinct area_code from newer.observation),
spread as (
    select o.indicator, stddev_pop(o.value) as sd from newer.observation o join newer.area a using (area_code)
    where a.kind = 'authority' group by o.indicator
)
select d.*, coalesce(i.decimals, j.decimals) as decimals, abs(d.new_value - d.old_value) / nullif(s.sd, 0) as size,
       case when d.old_status is null and d.indicator not in (select indicator from older_years) then 'new_indicator'
            when d.old_status is null and (d.indicator, d.year) not in (select (indicator, year) from older_years) then 'new_year'
            when d.old_status is null and d.area_code not in (select area_code from older_areas) then 'new_area'
            when d.old_status is null then 'added'
            when d.new_status is null and d.indicator not in (select indicator from newer_years) then 'indicator_gone'
            when d.new_status is null and (d.indicator, d.year) not in (select (indicator, year) from newer_years) then 'year_gone'
            when d.new_status is null and d.area_code not in (select area_code from newer_areas) then 'area_gone'
            when d.new_status is null then 'removed'
            when d.old_value is null and d.new_value is not null then 'given'
            when d.old_value is not null and d.new_value is null then 'withheld'
            when abs(d.new_value - d.old_value)
                 > 0.5 * power(10, -coalesce(i.decimals, j.decimals)) + 1e-9 * greatest(1, abs(d.old_value)) then 'revised'
            when d.old_status <> d.new_status then 'status'
            else 'rounding' end as kind
from differing d
left join newer.indicator i using (indicator) left join older.indicator j using (indicator)
left join spread s using (indicator)
