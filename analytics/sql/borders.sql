-- one row per pair of authorities that touch, over land or across tidal water, each pair once
select area_code, other_code, kind from border
order by area_code, other_code
