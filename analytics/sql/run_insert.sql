-- one row: what was written, in its place
insert into run
select coalesce(max(place), 0) + 1, $hash, $at, $title, $pre_specified, $kind, $specification, $edition, $illustrative, $subject,
       $outcomes, $verdicts, $protocol, $questions
from run
