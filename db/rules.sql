-- What the schema files have no words for. Run after every migration; each statement may run again.

insert into access_epoch (id, epoch) values (1, 0) on conflict do nothing;

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create or replace trigger audit_events_append_only
  before update or delete or truncate on audit_events for each statement execute function refuse_change();

-- A revoked credential stays revoked, whatever the code above does.
create or replace function keep_revoked() returns trigger language plpgsql as $$
begin
  if old.status = 'revoked' and new.status <> 'revoked' then
    raise exception 'credential % is revoked for ever', old.key_id using errcode = 'check_violation';
  end if;
  return new;
end $$;

create or replace trigger credentials_keep_revoked
  before update of status on credentials for each row execute function keep_revoked();

-- What a team may use. A team without a plan is on the default one; its own figures stand before the plan's.
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
