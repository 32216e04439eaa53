-- one row per indicator, provider, area_code, year: value and status worked out from the parts
create temp table offered as
with part as (
    select indicator, provider, area_code, year, part, count(*) as cells, max(number) as number,
           case when bool_and(status = 'ok') then sum(value) end as value,
           coalesce(max(status) filter (status <> 'ok'), 'ok') as status,
           max(period_label) as period_label, max(period_end) as period_end
    from piece group by all
), beside as (
    select indicator, provider, area_code, year,
           max(value) filter (part = 'value') as printed,
           max(value) filter (part = 'numerator') as numerator,
           max(value) filter (part = 'denominator' and cells = r.denominators) as denominator,
           max(status) filter (part = r.driver) as driver_status,
           max(number) filter (part = r.driver) as number,
           max(period_label) filter (part = r.driver) as period_label,
           max(period_end) filter (part = r.driver) as period_end,
           r.driver, r.per, r.source
    from part join recipe r using (indicator, provider)
    group by all having count(*) filter (part = r.driver) > 0
), judged as (
    select *, case when driver = 'value' or driver_status <> 'ok' then driver_status
                   when denominator is null then 'not_available'
                   when denominator = 0 then 'not_applicable'
                   else 'ok' end as status
    from beside
)
select area_code, year, indicator, provider,
       case when status in ('ok', 'low_reliability')
            then case driver when 'value' then printed else numerator * per / denominator end end as value,
       status, numerator, denominator, period_label, period_end, source, number
from judged
