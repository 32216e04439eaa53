-- one row per area_code, year, indicator: Ofsted's overall judgement in force on 31 March, worked out from `inspection`
insert into observation by name
with judgement as (
    select area_code, published, start,
           list_position(['Outstanding', 'Good', 'Requires improvement to be good', 'Inadequate'], overall) as grade
    from inspection where overall is not null  -- focused and monitoring visits judge nothing
), march as (
    -- one row per 31 March that the inspections held reach
    select year, make_date(year, 3, 31) as day
    from (select unnest(range(year(min(published)), year(max(published)) + 1))::integer as year from inspection)
    where day <= (select max(published) from inspection)
), in_force as (
    select a.area_code, a.region_code, m.year, m.day, last(j.grade order by j.published, j.start) as grade
    from known_area a
    join march m on m.year between coalesce(a.from_year, m.year) and coalesce(a.to_year, m.year)
    left join judgement j on j.area_code = a.area_code and j.published <= m.day
    where a.kind = 'authority'
    group by all
), shown as (
    -- from the first year in which at least half of the authorities have a judgement: before it the few are no sample
    select * from in_force
    where year >= (select min(year) from (select year from in_force group by year having 2 * count(grade) >= count(*)))
), authority as (
    -- no counts: 1 of 1 would be summed over a merger and fitted as a number of children, and a judgement is neither
    select area_code, year, day, 100.0 * (grade <= 2)::integer as good_pct, grade::double as grade,
           null::double as good, null::double as judged
    from shown
), wider as (
    select w.area_code, s.year, s.day, 100.0 * count(*) filter (s.grade <= 2) / nullif(count(s.grade), 0) as good_pct,
           avg(s.grade) as grade, count(*) filter (s.grade <= 2) as good, count(s.grade) as judged
    from shown s join known_area w on w.kind = 'england' or (w.kind = 'region' and w.area_code = s.region_code)
    group by all
), place as (
    select * from authority union all by name select * from wider
), figure as (
    select area_code, year, day, 'ofsted_good_pct' as indicator, good_pct as value, good as numerator, judged as denominator from place
    union all by name
    select area_code, year, day, 'ofsted_grade' as indicator, grade as value from place
)
select area_code, year, indicator, value, case when value is null then 'not_available' else 'ok' end as status,
       numerator, denominator, '31 March ' || year as period_label, day as period_end, 'ofsted' as source,
       -- the workbook that most inspections are from; another may repeat some of them
       (select max_by(extract, (cells_kept, extract)) from extract where source = 'ofsted' and cells_kept > 0) as extract
from figure
order by indicator, area_code, year
