-- one row per inspection or visit of an authority, newest first; the published history begins in 2018
select i.*, a.name from inspection i join area a using (area_code) order by i.area_code, i.start desc
