-- one row per area_code, year, indicator where two sources differ by more than rounding, or one holds the figure back
insert into disagreement
with decimals as (
    select indicator, year, provider, max(case when value::varchar like '%e%' then 15
                                               else length(rtrim(split_part(value::varchar, '.', 2), '0')) end) as places
    from offered where value is not null group by all
), both_given as (
    select o.area_code, o.year, o.indicator, o.value, o.status, e.extract, x.value as other_value, x.status as other_status,
           f.extract as other_extract, least(d.places, g.places) as places
    from observed o
    join outranked x using (indicator, area_code, year)
    join extract_read e on e.number = o.number
    join extract_read f on f.number = x.number
    left join decimals d on (d.indicator, d.year, d.provider) = (o.indicator, o.year, o.provider)
    left join decimals g on (g.indicator, g.year, g.provider) = (x.indicator, x.year, x.provider)
)
select area_code, year, indicator, value, extract, other_value, other_extract, status, other_status
from both_given
where abs(value - other_value) > 0.5 * power(10, -places) + 1e-9 * greatest(1, abs(value))
   or ((value is null) <> (other_value is null) and 'suppressed' in (status, other_status))
order by indicator, area_code, year
