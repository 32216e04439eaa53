-- one row: published files read, and what became of their cells
select count(*) as files, coalesce(sum(cells_read), 0)::bigint as read, coalesce(sum(cells_kept), 0)::bigint as kept,
       coalesce(sum(cells_out_of_scope), 0)::bigint as out_of_scope, coalesce(sum(cells_rejected), 0)::bigint as rejected
from extract
