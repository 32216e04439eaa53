-- one row per published row: its fate and the reason, both empty where its cells may be used
create temp table row_fate as
with content as (
    select number, line,
           bool_and(coalesce(status in ('not_available', 'not_applicable', 'reason_not_given'), false)) as without_figures
    from cell_read group by all
), judged as (
    select r.* exclude (fate, reason), c.without_figures,
           year(r.period_end) + (month(r.period_end) > 3)::integer as financial_year,
           c.without_figures and coalesce(a.from_year > financial_year or a.to_year < financial_year, false) as not_there,
           case when r.fate is not null then r.fate when not_there then 'out of scope' end as fate,
           case when r.fate is not null then r.reason when not_there then 'of an authority that did not exist in that year' end as reason
    from published_row r join content c using (number, line) left join known_area a using (area_code)
), repeated as (
    select number, area_code, year, filters from judged where fate is null group by all having count(*) > 1
), printed as (
    select number, line, string_agg(c.printed, '|' order by c."column") as printed
    from judged j join repeated using (number, area_code, year, filters) join cell_read c using (number, line)
    where j.fate is null group by all
), in_order as (
    select j.number, j.line, j.without_figures, p.printed,
           row_number() over same as place, first(j.line) over same as first_line, first(p.printed) over same as first_printed
    from judged j join printed p using (number, line)
    window same as (partition by j.number, j.area_code, j.year, j.filters order by j.without_figures, j.line)
)
select j.number, j.layout, j.line, j.area_code, j.year, j.period_label, j.period_end, j.finality, j.filters, j.name, j."column",
       case when o.place is null or o.place = 1 then j.fate
            when o.printed = o.first_printed or j.without_figures then 'out of scope' else 'rejected' end as fate,
       case when o.place is null or o.place = 1 then j.reason
            when o.printed = o.first_printed then 'in a row that repeats an earlier one'
            when j.without_figures then 'in a row without figures beside another of the same area and year'
            else 'line ' || o.first_line || ' already gives other figures for the same area, year and filters' end as reason
from judged j left join in_order o using (number, line)
