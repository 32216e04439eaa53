-- one row per published row: its fate and the reason, both empty where its cells may be used
create temp table row_fate as
with content as (
    select number, line, string_agg(printed, '|' order by "column") as printed,
           bool_and(coalesce(status in ('not_available', 'not_applicable', 'reason_not_given'), false)) as without_figures
    from cell_read group by all
), existing as (
    select r.*, c.printed, c.without_figures,
           year(r.period_end) + (month(r.period_end) > 3)::integer as financial_year,
           coalesce(a.from_year > financial_year or a.to_year < financial_year, false) as not_there
    from published_row r join content c using (number, line) left join known_area a using (area_code)
), judged as (
    select * exclude (fate, reason),
           case when fate is not null then fate when not_there and without_figures then 'out of scope' end as fate,
           case when fate is not null then reason
                when not_there and without_figures then 'of an authority that did not exist in that year' end as reason
    from existing
), in_order as (
    select *, row_number() over same as place, first(line) over same as first_line, first(printed) over same as first_printed
    from judged
    window same as (partition by number, fate is null, area_code, year, filters order by without_figures, line)
)
select number, layout, line, area_code, year, period_label, period_end, finality, filters, name, "column",
       case when fate is not null or place = 1 then fate
            when printed = first_printed or without_figures then 'out of scope' else 'rejected' end as fate,
       case when fate is not null or place = 1 then reason
            when printed = first_printed then 'in a row that repeats an earlier one'
            when without_figures then 'in a row without figures beside another of the same area and year'
            else 'line ' || first_line || ' already gives other figures for the same area, year and filters' end as reason
from in_order
