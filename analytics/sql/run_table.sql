-- one row per result shown and per protocol saved, in the order in which they were written
create table if not exists run (
    place bigint not null,
    hash varchar not null,             -- of the specification
    "at" timestamp not null,             -- UTC, to the second; never before the row above
    title varchar not null,
    pre_specified boolean not null,    -- a run: whether a protocol came first; a protocol: whether it came before any run
    kind varchar not null check (kind in ('run', 'protocol')),
    specification varchar not null,    -- TOML
    edition varchar not null,          -- the figures
    illustrative boolean not null,
    subject varchar[] not null,        -- practice models, else the codes of adopters named by hand
    outcomes varchar[] not null,
    verdicts varchar not null,         -- JSON: a verdict's word by outcome; {} for a protocol
    protocol varchar not null,         -- TOML of a protocol; '' for a run
    questions varchar[]                -- by outcome: hash of what decides its estimate, so that what was seen is known
);
alter table run add column if not exists questions varchar[];
