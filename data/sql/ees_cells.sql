-- one row per figure column and line of the sheet: what is printed there
insert into published_cell
with printed as (
    unpivot (select * exclude (_level, _country_code, _country_name, _region_code, _region_name, _old_code, _code, _name,
                               _label, _filters) from sheet)
    on columns(* exclude (_line)) into name "column" value printed
)
select $number, $layout, _line, "column", trim(printed, ' ' || chr(9) || chr(10) || chr(13) || chr(160)) from printed
