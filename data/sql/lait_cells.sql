-- one row per line of the measures: what is printed there
insert into published_cell
select $number, $layout, _line, 'Values', trim(coalesce("Values"::varchar, ''), ' ' || chr(9) || chr(10) || chr(13) || chr(160)) from lait
