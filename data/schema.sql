-- The warehouse: tables that researchers may query. Columns are added, never renamed.
create table area (
    area_code varchar primary key,      -- newest ONS code of the authority, region or country
    old_code varchar,                   -- three-digit code of the Department for Education
    name varchar not null,
    kind varchar not null check (kind in ('authority', 'region', 'england')),
    region_code varchar,
    region varchar,
    type varchar,
    from_year integer,                  -- first year (ending 31 March) with figures for these boundaries; empty = all
    to_year integer,                    -- last year
    former_codes varchar,               -- earlier ONS codes of the same boundaries, separated by spaces
    children_thousand double            -- children aged 0 to 17, thousands, latest held
);
create table boundary_change (
    old_code varchar not null,          -- ONS code before
    new_code varchar not null,          -- ONS code after
    year integer not null,              -- first year (ending 31 March) with figures for the new boundaries
    kind varchar not null check (kind in ('recode', 'split', 'merge')),
    note varchar,
    primary key (old_code, new_code)
);
create table border (                   -- pairs of authorities whose boundaries meet, each pair once; none among invented ones
    area_code varchar not null,         -- the lower of the two codes
    other_code varchar not null,
    kind varchar not null check (kind in ('land', 'water')), -- water: they meet only in a tidal river or an estuary
    primary key (area_code, other_code)
);
create table tile (                     -- a hexagon for each authority of today: a map on which all are of one size
    area_code varchar primary key,
    short varchar not null unique,      -- three or four letters
    col integer not null,               -- from the left; every second row (row odd) lies half a hexagon further right
    "row" integer not null,             -- from the top
    unique (col, "row")
);
create table indicator (
    indicator varchar primary key,
    label varchar not null,
    theme varchar not null,
    unit varchar not null,
    decimals integer not null,
    polarity varchar not null check (polarity in ('higher', 'lower', 'none')),
    definition varchar not null,
    caveat varchar,
    source varchar not null,
    numerator varchar,                  -- what is counted, in words
    denominator varchar,                -- out of what, in words
    headline boolean not null,
    next_due varchar,                   -- day or words, where the publisher's dictionary says
    first_year integer,
    last_year integer,
    coverage double                     -- share (0-1) of authority-years in the file that hold a figure
);
create table observation (
    area_code varchar not null,
    year integer not null,              -- year in which the period ends
    indicator varchar not null,
    value double,                       -- empty unless status is ok or low_reliability
    status varchar not null check (status in ('ok', 'suppressed', 'not_available', 'not_applicable',
                                              'rounds_to_zero', 'low_reliability', 'reason_not_given')),
    numerator double,
    denominator double,
    period_label varchar not null,      -- as published
    period_end date not null,
    source varchar not null,
    extract varchar not null,
    primary key (area_code, year, indicator)
);
create table disagreement (             -- two sources differ by more than rounding; the first one is shown
    area_code varchar not null,
    year integer not null,
    indicator varchar not null,
    value double,                       -- in observation
    extract varchar not null,
    other_value double,
    other_extract varchar not null,
    status varchar not null,
    other_status varchar not null,
    primary key (area_code, year, indicator)
);
create table neighbour (
    model varchar not null,
    area_code varchar not null,
    neighbour_code varchar not null,
    rank integer,
    closeness varchar,
    distance double,
    primary key (model, area_code, neighbour_code)
);
create table practice_model (
    model varchar primary key,
    name varchar not null,
    family varchar,
    origin varchar,
    description varchar,
    elements varchar,
    evaluations varchar,
    contains varchar,                   -- models that this one contains, separated by spaces
    said_to_use_share double,           -- share (0-1) of authorities said to use it in some form, where someone has said so
    said_to_use_source varchar,
    expected_outcomes varchar,          -- JSON list of {indicator, direction}, from its theory of change
    expected_outcomes_unmeasured varchar, -- what else it expects, and no indicator measures
    expected_outcomes_source varchar,   -- who says so, or "Not stated" and where it was looked for
    lag_years integer,                  -- from the start until the model is embedded, where someone has said so
    lag_source varchar,                 -- who says so, or "Not stated" and where it was looked for
    source varchar,
    source_locator varchar,
    confidence varchar,
    illustrative boolean not null
);
create table adoption (
    area_code varchar not null,         -- newest code
    model varchar not null,
    role varchar not null check (role in ('primary', 'alongside', 'developing')),
    start varchar,                      -- as published
    start_low date,
    start_high date,
    precision varchar not null check (precision in ('day', 'month', 'year', 'unknown')),
    "end" varchar,
    programme varchar,
    can_treat boolean not null,
    prior_use varchar,                  -- what is known of its use before the start, empty = nothing known
    confidence varchar not null check (confidence in ('seed', 'published', 'recalled', 'illustrative')),
    note varchar,
    source varchar,
    source_locator varchar
);
create table inspection (               -- published ones since 2018; earlier judgements are not held
    area_code varchar not null,
    framework varchar,                  -- kind of inspection or visit as Ofsted names it
    start date,
    published date,
    overall varchar,
    leadership varchar,
    help_and_protection varchar,
    children_in_care varchar,
    care_leavers varchar,               -- a judgement of its own since 1 January 2023
    theme varchar,                      -- of a focused visit
    source varchar
);
create table finding (                  -- published findings, as their reports give them
    line integer primary key,
    study varchar not null,
    model varchar not null,
    authority_or_group varchar,
    outcome varchar not null,
    design varchar not null,
    estimate varchar,                   -- as printed; empty = not known
    estimate_number double,             -- where it is a plain number
    unit varchar,
    ci_low double,
    ci_high double,
    p_value varchar,
    n_treated varchar,
    n_comparison varchar,
    period varchar,
    direction varchar,                  -- better, worse, none
    significance varchar,
    notes varchar,
    source varchar not null,
    source_locator varchar not null,
    confidence varchar not null         -- seed, published, recalled: the last is shown and never confirmatory
);
create table investment (
    line integer primary key,
    authority varchar not null,
    area_code varchar,                  -- where it is one authority
    model varchar not null,             -- several are joined by /
    item varchar not null,
    year varchar,
    amount_gbp varchar,                 -- as printed; empty = not known
    amount_gbp_low double,
    amount_gbp_high double,
    kind varchar not null check (kind in ('cost', 'funding', 'saving claimed')),
    notes varchar,
    source varchar not null,
    source_locator varchar not null,
    confidence varchar not null
);
create table unit_cost (
    line integer primary key,
    item varchar not null,
    category varchar not null,
    unit_cost_gbp varchar,              -- as printed; empty = not known
    unit_cost_gbp_low double,
    unit_cost_gbp_high double,
    unit varchar not null,
    price_year varchar,
    notes varchar,
    source varchar not null,
    source_locator varchar not null,
    confidence varchar not null
);
create table implementation_measure (
    line integer primary key,
    measure_id varchar not null unique,
    authority varchar not null,
    area_code varchar,
    model varchar not null,
    category varchar not null,
    measure varchar not null,
    value varchar,                      -- as printed; empty = not known
    value_number double,
    unit varchar,
    n varchar,
    period varchar,
    target_or_rag varchar,
    notes varchar,
    source varchar not null,
    source_locator varchar not null,
    confidence varchar not null
);
create table study_outcome (            -- outcomes of the Signs of Safety pilot study; those not named in its papers are reconstructed
    line integer primary key,
    number double not null unique,
    domain varchar not null,
    outcome varchar not null,
    unit varchar not null,
    as_the_study_read_it varchar,
    status varchar,
    eip2_result varchar,
    dfe_table varchar,
    public_panel_note varchar,
    source varchar not null,
    source_locator varchar not null,
    confidence varchar not null,
    indicator varchar                   -- ours that comes nearest
);
create table extract (
    extract varchar primary key,        -- source/file id and the first eight digits of the checksum
    source varchar,
    file varchar not null,              -- as named by whoever put it there
    sha256 varchar not null,
    bytes bigint not null,
    retrieved timestamp,                -- UTC: when it was fetched, else when it was written to the disk it was read from
    released varchar,                   -- a day (2025-11-20) where the file was fetched, else words
    next_release varchar,               -- day, month or year of the next release, as announced when it was fetched
    newest_year integer,
    rows_read bigint not null,
    cells_read bigint not null,         -- = kept + out of scope + rejected
    cells_kept bigint not null,
    cells_out_of_scope bigint not null,
    cells_rejected bigint not null,
    cells_superseded bigint not null,   -- of those out of scope: replaced by a newer edition of the same table
    figures_outranked bigint not null,  -- of those kept: another source's finer or later figure is shown for the indicator
    note varchar
);
create table rejected (
    extract varchar not null,
    line bigint,                        -- line of the file, the heading being 1
    "column" varchar,
    value varchar,
    reason varchar not null,
    cells bigint not null               -- how many cells this row stands for
);
create table meta (
    key varchar primary key,
    value varchar not null
);
