-- one row per extract: its newest year, and a sentence where it is not the only edition of its table
select number, newest_year,
       case when editions = 1 then null
            when rank = 1 and as_new = 1 then 'Newest of ' || editions || ' editions of this table (to ' || newest_year || ').'
            when as_new > 1 then 'Edition ' || rank || ' of ' || editions || ' of this table; ' || as_new
                || ' end in ' || newest_year || ': the more final one goes first, then the one with more rows, then the '
                || 'higher checksum.'
            else 'An older edition of this table (to ' || newest_year
                || '): used only where the newer one has no figure.' end as sentence
from edition order by number
