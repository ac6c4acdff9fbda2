-- What the schema files can't express. Runs after every migration, so each statement can run again.

insert into access_epoch (id, epoch) values (1, 0) on conflict do nothing;

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create or replace trigger audit_events_append_only
  before update or delete or truncate on audit_events for each statement execute function refuse_change();

-- A revoked credential stays revoked, whatever the application does.
create or replace function keep_revoked() returns trigger language plpgsql as $$
begin
  if old.status = 'revoked' and new.status <> 'revoked' then
    raise exception 'credential % is revoked permanently', old.key_id using errcode = 'check_violation';
  end if;
  return new;
end $$;

create or replace trigger credentials_keep_revoked
  before update of status on credentials for each row execute function keep_revoked();

-- The limits of each team. A team without a plan has the default plan. Its custom limits override the plan's.
create or replace view team_limits as
select t.id as team_id, p.id as plan_id, p.name as plan_name,
  coalesce(t.daily_quota, p.daily_quota) as daily_quota,
  coalesce(t.burst_requests, p.burst_requests) as burst_requests,
  coalesce(t.burst_window_seconds, p.burst_window_seconds) as burst_window_seconds,
  coalesce(t.retention_days, p.retention_days) as retention_days,
  coalesce(t.members_max, p.members_max) as members_max,
  coalesce(t.applications_max, p.applications_max) as applications_max
from teams t
join plans p on p.id = coalesce(t.plan_id, (select id from plans where is_default));

-- For how many days each team's requests are kept. A change that lowers the retention takes effect a day later.
create or replace view team_retention as
select l.team_id, greatest(l.retention_days, held.keep_days) as retention_days
from team_limits l
left join (select team_id, max(keep_days) as keep_days from retention_holds where until > now() group by team_id) held
  on held.team_id = l.team_id;

-- A BRIN index returns all pages that it has not summarized, and by default only a vacuum summarizes new ones. On a large
-- table that is too rare: reading today's rows would read those of several weeks.
do $$
declare
  brin text;
begin
  for brin in
    select c.oid::regclass::text from pg_class c join pg_am am on am.oid = c.relam
    where am.amname = 'brin' and c.relnamespace = current_schema()::regnamespace
      and coalesce(array_to_string(c.reloptions, ','), '') not like '%autosummarize%'
  loop
    execute format('alter index %s set (autosummarize = on)', brin);
  end loop;
end $$;

-- The smallest UUIDv7 of a point in time, to compare the IDs of usage records with.
create or replace function usage_id_from(moment timestamptz) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Creates the partition of one UTC day and moves its rows there from the default partition. Returns whether it was new.
create or replace function make_usage_partition(parent text, day date) returns boolean language plpgsql as $$
declare
  child text := parent || '_' || to_char(day, 'YYYYMMDD');
  spare text := parent || '_default';
  col text := case parent when 'usage_records' then 'id' else 'bucket' end;
  low text := case parent when 'usage_records' then usage_id_from(day::timestamp at time zone 'utc')::text
    else (day || ' 00:00:00+00') end;
  high text := case parent when 'usage_records' then usage_id_from((day + 1)::timestamp at time zone 'utc')::text
    else ((day + 1) || ' 00:00:00+00') end;
  names text;
begin
  if to_regclass(child) is not null then return false; end if;
  select string_agg(quote_ident(attname), ', ' order by attnum) into names
  from pg_attribute where attrelid = parent::regclass and attnum > 0 and not attisdropped;
  -- Attached once it is filled, so that readers of other partitions don't wait and no row is missed.
  execute format('lock table %I in access exclusive mode', spare);
  execute format('create table %I (like %I including defaults including constraints including storage) %s', child, parent,
    case parent when 'usage_minutes' then 'with (fillfactor = 50)' else '' end);
  execute format('with moved as (delete from %I where %I >= %L and %I < %L returning *) insert into %I (%s) select %s from moved',
    spare, col, low, col, high, child, names, names);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, child, low, high);
  return true;
end $$;

-- Creates the partitions from yesterday to `ahead` days from now, and those of other days with rows in the default partitions.
-- Safe to call from several processes at once. Returns how many it created.
create or replace function ensure_usage_partitions(ahead integer default 7) returns integer language plpgsql as $$
declare
  today date := (now() at time zone 'utc')::date;
  wanted record;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(4201770002);
  for wanted in
    select p.parent, d.day::date as day
    from (values ('usage_records'), ('usage_minutes')) p (parent), generate_series(today - 1, today + ahead, interval '1 day') d (day)
    union
    select 'usage_records', stray.day from (
      select distinct (to_timestamp((('x' || substr(id::text, 1, 8) || substr(id::text, 10, 4))::bit(48)::bigint / 1000)::float8)
        at time zone 'utc')::date as day
      from usage_records_default where id between usage_id_from(now() - interval '500 days') and usage_id_from(now() + interval '500 days')
    ) stray
    union
    select 'usage_minutes', (bucket at time zone 'utc')::date from usage_minutes_default
      where bucket between now() - interval '500 days' and now() + interval '500 days'
    order by 1, 2
  loop
    if make_usage_partition(wanted.parent, wanted.day) then made := made + 1; end if;
  end loop;
  return made;
end $$;

select ensure_usage_partitions();
