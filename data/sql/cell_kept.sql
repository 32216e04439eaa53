-- one row per cell that an observation uses
create temp table cell_kept as
select distinct p.cell from piece p semi join observed o using (indicator, provider, area_code, year)
