-- one row per indicator, authority and year with a hidden count that is a part of a published whole: parts hidden, and what the others leave
with asked as (
    select distinct indicator, extract from observation
    where list_contains($indicators, indicator) and status = 'suppressed'
), together as (  -- every share of the same whole in the same table
    select a.indicator, o.area_code, o.year, o.denominator,
           count(*) as parts, count(p.numerator) as published, sum(p.numerator) as known,
           count(*) filter (p.status = 'suppressed' and p.numerator is null) as hidden,
           bool_or(o.status = 'suppressed') as asked_hidden
    from asked a
    join observation o on o.indicator = a.indicator and o.extract = a.extract
    join area r on r.area_code = o.area_code and r.kind = 'authority'  -- totals of regions are rounded
    join observation p on p.area_code = o.area_code and p.year = o.year and p.extract = o.extract and p.denominator = o.denominator
    group by a.indicator, a.extract, o.area_code, o.year, o.denominator
), wholes as (  -- shares are the parts of a whole where their counts sum to it wherever all are published
    select indicator, max(parts) as parts from together
    group by indicator
    having bool_and(known = denominator) filter (published = parts)
)
select t.indicator, t.area_code, t.year, t.hidden, t.denominator - coalesce(t.known, 0) as rest
from together t join wholes w using (indicator, parts)
where t.asked_hidden and t.published + t.hidden = t.parts
order by all
