-- one row per published cell: its fate so far and the reason, both empty where an observation may use it
create temp table cell_fate as
with wanted_cell as (
    select distinct layout, "column", filters from wanted
), wanted_column as (
    select distinct layout, "column" from wanted
), judged as (
    select c.*, r.area_code, r.year, r.period_label, r.period_end, r.filters,
           case when r.fate is not null then r.fate
                when w.layout is null then 'out of scope'
                when c.status is null then 'rejected' end as fate,
           case when r.fate is not null then r.reason
                when k.layout is null then 'in column ' || c."column" || ', which no indicator reads'
                when w.layout is null then 'in column ' || c."column" || ', in rows that no indicator reads it from'
                when c.status is not null then null
                when regexp_full_match(c.printed, '-[0-9.,]+') then 'a figure below zero'
                when regexp_full_match(c.printed, '[0-9., ]+') then 'not written as a plain number, such as 1234.5'
                else 'neither a number nor a known symbol' end as reason,
           e.rank
    from cell_read c
    join row_fate r using (number, line)
    left join edition e using (number)
    left join wanted_column k on (k.layout, k."column") = (c.layout, c."column")
    left join wanted_cell w on (w.layout, w."column", w.filters) = (c.layout, c."column", r.filters)
), superseded as (
    -- only a table with several editions can hold a cell twice: a repeated row of one file has its fate by now
    select cell from judged
    where fate is null and layout in (select layout from edition where editions > 1)
    qualify row_number() over (partition by layout, area_code, year, filters, "column" order by rank) > 1
)
select j.* exclude (rank, fate, reason),
       case when s.cell is not null then 'superseded' else j.fate end as fate,
       case when s.cell is not null then 'replaced by a newer edition of the table' else j.reason end as reason
from judged j left join superseded s using (cell)
