-- one row per pair of authorities that share a land border, each pair once
select area_code, other_code from border where kind = 'land' order by area_code, other_code
