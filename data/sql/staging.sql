-- empty tables of one build: rows and cells as published, before it is known what is kept
create temp table published_row (
    number integer, layout varchar, line bigint, area_code varchar, year integer, period_label varchar, period_end date,
    finality integer, filters varchar, name varchar, fate varchar, reason varchar, "column" varchar
);
create temp table published_cell (number integer, layout varchar, line bigint, "column" varchar, printed varchar);
