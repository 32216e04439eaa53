-- one row per indicator, area_code, year: the figure of its own file; a year that its file does not reach, from the Interactive Tool
create temp table observed as
with two_sources as (
    select indicator from recipe where provider = 2
), reached as (
    -- a year is taken whole from one source: the tool repeats the joint return of two authorities for each of them
    select distinct indicator, year from offered semi join two_sources using (indicator) where provider = 1 and value is not null
), chosen as (
    select o.* from offered o semi join two_sources using (indicator)
    where provider = 1 or not exists (select 1 from reached r where (r.indicator, r.year) = (o.indicator, o.year))
    qualify row_number() over (partition by indicator, area_code, year
                               order by status in ('not_available', 'reason_not_given'), provider) = 1
)
select * from offered anti join two_sources using (indicator)
union all by name
select * from chosen
