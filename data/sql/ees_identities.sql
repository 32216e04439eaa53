-- one row per distinct way in which the sheet names an area, in the order of analytics.areas.Identity
select distinct _level, _country_code, _region_code, _old_code, _code, _name from sheet order by all
