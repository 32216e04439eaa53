-- one row: what a front page says of the warehouse
select (select count(distinct o.area_code) from observation o join area a using (area_code)
        where a.kind = 'authority' and a.to_year is null and o.value is not null
          and o.year = (select max(year) from observation where month(period_end) = 3 and not starts_with(indicator, 'lait:'))
          and month(o.period_end) = 3) as authorities,
       (select count(*) from indicator where headline and first_year is not null) as headline_indicators,
       (select count(*) from indicator where first_year is not null) as indicators,
       (select count(*) from practice_model where not illustrative) as real_models,
       (select count(distinct area_code) from adoption where confidence <> 'illustrative') as real_adopters,
       (select count(*) from practice_model where illustrative) as illustrative_models,
       (select max(period_end) from observation where month(period_end) = 3 and not starts_with(indicator, 'lait:')) as newest
