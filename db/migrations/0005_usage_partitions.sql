CREATE TYPE "public"."usage_via" AS ENUM('api', 'tester');--> statement-breakpoint
CREATE TABLE "usage_clients" (
	"team_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"day" date NOT NULL,
	"client_ip" text NOT NULL,
	"calls" integer NOT NULL,
	"refused" integer NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "usage_clients_credential_id_day_client_ip_pk" PRIMARY KEY("credential_id","day","client_ip")
) WITH (fillfactor = 80);--> statement-breakpoint
CREATE TABLE "usage_days" (
	"bucket" timestamp with time zone NOT NULL,
	"team_id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"member_id" uuid,
	"environment" "environment" NOT NULL,
	"endpoint_id" uuid,
	"outcome" "usage_outcome" NOT NULL,
	"status" smallint,
	"reason" text,
	"calls" integer NOT NULL,
	"counted" integer NOT NULL,
	"errors" integer NOT NULL,
	"refused" integer NOT NULL,
	"bytes_in" bigint NOT NULL,
	"bytes_out" bigint NOT NULL,
	"latency" numeric NOT NULL,
	CONSTRAINT "usage_days_once" UNIQUE NULLS NOT DISTINCT("team_id","bucket","credential_id","member_id","endpoint_id","outcome","status","reason")
) WITH (fillfactor = 80);--> statement-breakpoint
CREATE TABLE "usage_hours" (
	"bucket" timestamp with time zone NOT NULL,
	"team_id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"member_id" uuid,
	"environment" "environment" NOT NULL,
	"endpoint_id" uuid,
	"outcome" "usage_outcome" NOT NULL,
	"status" smallint,
	"reason" text,
	"calls" integer NOT NULL,
	"counted" integer NOT NULL,
	"errors" integer NOT NULL,
	"refused" integer NOT NULL,
	"bytes_in" bigint NOT NULL,
	"bytes_out" bigint NOT NULL,
	"latency" numeric NOT NULL,
	CONSTRAINT "usage_hours_once" UNIQUE NULLS NOT DISTINCT("team_id","bucket","credential_id","member_id","endpoint_id","outcome","status","reason")
) WITH (fillfactor = 80);--> statement-breakpoint
CREATE TABLE "usage_minutes" (
	"bucket" timestamp with time zone NOT NULL,
	"team_id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"member_id" uuid,
	"environment" "environment" NOT NULL,
	"endpoint_id" uuid,
	"outcome" "usage_outcome" NOT NULL,
	"status" smallint,
	"reason" text,
	"calls" integer NOT NULL,
	"counted" integer NOT NULL,
	"errors" integer NOT NULL,
	"refused" integer NOT NULL,
	"bytes_in" bigint NOT NULL,
	"bytes_out" bigint NOT NULL,
	"latency" numeric NOT NULL,
	CONSTRAINT "usage_minutes_once" UNIQUE NULLS NOT DISTINCT("team_id","bucket","credential_id","member_id","endpoint_id","outcome","status","reason")
) PARTITION BY RANGE ("bucket");--> statement-breakpoint
CREATE TABLE "usage_reconciliations" (
	"day" date NOT NULL,
	"team_id" uuid NOT NULL,
	"reserved" integer NOT NULL,
	"held" integer NOT NULL,
	"rows" integer,
	"open" integer,
	"minutes" integer,
	"hours" integer,
	"days" integer NOT NULL,
	"daily" integer NOT NULL,
	"difference" integer NOT NULL,
	"details" jsonb NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	"differs_since" timestamp with time zone,
	CONSTRAINT "usage_reconciliations_day_team_id_pk" PRIMARY KEY("day","team_id")
);--> statement-breakpoint
CREATE INDEX "usage_clients_team" ON "usage_clients" USING btree ("team_id","day","client_ip");--> statement-breakpoint
CREATE INDEX "usage_clients_day" ON "usage_clients" USING brin ("day");--> statement-breakpoint
CREATE INDEX "usage_days_bucket" ON "usage_days" USING brin ("bucket");--> statement-breakpoint
CREATE INDEX "usage_hours_bucket" ON "usage_hours" USING brin ("bucket");--> statement-breakpoint
CREATE INDEX "usage_reconciliations_team" ON "usage_reconciliations" USING btree ("team_id","day" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "usage_reconciliations_differing" ON "usage_reconciliations" USING btree ("day") WHERE "usage_reconciliations"."difference" <> 0;--> statement-breakpoint
CREATE TABLE "usage_minutes_default" PARTITION OF "usage_minutes" DEFAULT WITH (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "usage_daily" SET (fillfactor = 80);--> statement-breakpoint
-- The table as it was becomes the default partition; rules.sql moves its rows to partitions of their days.
ALTER TABLE "usage_records" RENAME TO "usage_records_default";--> statement-breakpoint
ALTER TABLE "usage_records_default" RENAME CONSTRAINT "usage_records_pkey" TO "usage_records_default_pkey";--> statement-breakpoint
DROP INDEX "usage_records_team";--> statement-breakpoint
DROP INDEX "usage_records_application";--> statement-breakpoint
DROP INDEX "usage_records_credential";--> statement-breakpoint
DROP INDEX "usage_records_member";--> statement-breakpoint
DROP INDEX "usage_records_open";--> statement-breakpoint
ALTER TABLE "usage_records_default" ADD COLUMN "via" "usage_via" DEFAULT 'api' NOT NULL;--> statement-breakpoint
CREATE TABLE "usage_records" (LIKE "usage_records_default" INCLUDING DEFAULTS, PRIMARY KEY ("id")) PARTITION BY RANGE ("id");--> statement-breakpoint
CREATE INDEX "usage_records_team" ON "usage_records" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "usage_records_application" ON "usage_records" USING btree ("application_id","id");--> statement-breakpoint
CREATE INDEX "usage_records_credential" ON "usage_records" USING btree ("credential_id","id");--> statement-breakpoint
CREATE INDEX "usage_records_member" ON "usage_records" USING btree ("member_id","id") WHERE "usage_records"."member_id" is not null;--> statement-breakpoint
CREATE INDEX "usage_records_open" ON "usage_records" USING btree ("node_id") WHERE "usage_records"."outcome" = 'open';--> statement-breakpoint
CREATE INDEX "usage_records_client" ON "usage_records" USING btree ("team_id","client_ip","id");--> statement-breakpoint
CREATE INDEX "usage_records_endpoint" ON "usage_records" USING btree ("team_id","endpoint_id","id");--> statement-breakpoint
CREATE INDEX "usage_records_method" ON "usage_records" USING btree ("team_id","method","id") WHERE "usage_records"."method" <> 'GET';--> statement-breakpoint
CREATE INDEX "usage_records_reason" ON "usage_records" USING btree ("team_id","reason","id") WHERE "usage_records"."reason" is not null;--> statement-breakpoint
CREATE INDEX "usage_records_outcome" ON "usage_records" USING btree ("team_id","outcome","id") WHERE "usage_records"."outcome" <> 'answered';--> statement-breakpoint
CREATE INDEX "usage_records_status" ON "usage_records" USING btree ("team_id","status","id") WHERE "usage_records"."status" >= 300;--> statement-breakpoint
ALTER TABLE "usage_records" ATTACH PARTITION "usage_records_default" DEFAULT;--> statement-breakpoint
CREATE TEMPORARY TABLE "known_calls" AS
SELECT r.*, greatest(day::timestamp AT TIME ZONE 'UTC', least(at, (day + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 microsecond')) AS moment,
	width_bucket(latency_ms::float8, '{1,1.26,1.587,2,2.52,3.175,4,5.04,6.35,8,10.079,12.699,16,20.159,25.398,32,40.317,50.797,64,80.635,101.594,128,161.27,203.187,256,322.54,406.375,512,645.08,812.749,1024,1290.159,1625.499,2048,2580.318,3250.997,4096,5160.637,6501.995,8192,10321.273,13003.989,16384,20642.546,26007.979,32768,41285.093}'::float8[]) AS cell,
	counted AND (coalesce(status, 0) >= 400 OR outcome IN ('aborted', 'unknown')) AS error
FROM "usage_records_default" r WHERE outcome <> 'open';--> statement-breakpoint
INSERT INTO "usage_minutes"
SELECT date_trunc('minute', moment, 'UTC'), team_id, application_id, credential_id, member_id, environment, endpoint_id, outcome, status, reason,
	count(*), count(*) FILTER (WHERE counted), count(*) FILTER (WHERE error), count(*) FILTER (WHERE outcome = 'refused'),
	sum(bytes_in), sum(bytes_out), coalesce(sum(('1e' || 12 * cell)::numeric), 0)
FROM "known_calls" WHERE day >= (now() AT TIME ZONE 'UTC')::date - 2 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;--> statement-breakpoint
INSERT INTO "usage_hours"
SELECT date_trunc('hour', moment, 'UTC'), team_id, application_id, credential_id, member_id, environment, endpoint_id, outcome, status, reason,
	count(*), count(*) FILTER (WHERE counted), count(*) FILTER (WHERE error), count(*) FILTER (WHERE outcome = 'refused'),
	sum(bytes_in), sum(bytes_out), coalesce(sum(('1e' || 12 * cell)::numeric), 0)
FROM "known_calls" WHERE day >= (now() AT TIME ZONE 'UTC')::date - 99 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;--> statement-breakpoint
INSERT INTO "usage_days"
SELECT date_trunc('day', moment, 'UTC'), team_id, application_id, credential_id, member_id, environment, endpoint_id, outcome, status, reason,
	count(*), count(*) FILTER (WHERE counted), count(*) FILTER (WHERE error), count(*) FILTER (WHERE outcome = 'refused'),
	sum(bytes_in), sum(bytes_out), coalesce(sum(('1e' || 12 * cell)::numeric), 0)
FROM "known_calls" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;--> statement-breakpoint
INSERT INTO "usage_clients"
SELECT team_id, credential_id, day, client_ip, count(*), count(*) FILTER (WHERE outcome = 'refused'), min(at), max(at)
FROM "usage_records_default" WHERE day >= (now() AT TIME ZONE 'UTC')::date - 99 GROUP BY 1, 2, 3, 4;--> statement-breakpoint
DROP TABLE "known_calls";
