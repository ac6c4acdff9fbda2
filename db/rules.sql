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
