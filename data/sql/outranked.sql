-- one row per indicator, area_code, year that a second source gives but does not serve, with what it says
create temp table outranked as
select f.indicator, f.area_code, f.year, f.provider, f.value, f.status, f.number
from offered f anti join observed o using (indicator, area_code, year, provider)
