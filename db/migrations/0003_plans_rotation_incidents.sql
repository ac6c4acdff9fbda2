CREATE TYPE "public"."exposure_source" AS ENUM('secret_scanning', 'found_key', 'portal_text', 'gateway_query');--> statement-breakpoint
CREATE TYPE "public"."incident_step" AS ENUM('opened', 'revoked', 'replaced', 'updated', 'note', 'reported', 'closed', 'reopened');--> statement-breakpoint
CREATE TABLE "credential_exposures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"source" "exposure_source" NOT NULL,
	"place" text DEFAULT '' NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked" boolean DEFAULT false NOT NULL,
	CONSTRAINT "credential_exposures_once" UNIQUE("credential_id","source","place")
);
--> statement-breakpoint
CREATE TABLE "credential_reminders" (
	"credential_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credential_reminders_credential_id_kind_ends_at_pk" PRIMARY KEY("credential_id","kind","ends_at")
);
--> statement-breakpoint
CREATE TABLE "finding_dismissals" (
	"team_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"dismissed_by" uuid NOT NULL,
	"dismissed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	CONSTRAINT "finding_dismissals_team_id_kind_subject_id_pk" PRIMARY KEY("team_id","kind","subject_id")
);
--> statement-breakpoint
CREATE TABLE "incident_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"incident_id" uuid NOT NULL,
	"step" "incident_step" NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"member_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"public_id" text NOT NULL,
	"credential_id" uuid NOT NULL,
	"successor_id" uuid,
	"reason" text DEFAULT '' NOT NULL,
	"opened_by" uuid,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	"replaced_at" timestamp with time zone,
	"monitor_until" timestamp with time zone NOT NULL,
	"reported_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"closed_by" uuid,
	CONSTRAINT "incidents_public_id_unique" UNIQUE("public_id"),
	CONSTRAINT "incidents_team_id" UNIQUE("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "notification_settings" (
	"team_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"shown" boolean DEFAULT true NOT NULL,
	"mailed" boolean DEFAULT true NOT NULL,
	CONSTRAINT "notification_settings_member_id_kind_pk" PRIMARY KEY("member_id","kind")
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"cause" text NOT NULL,
	"title" text NOT NULL,
	"body" text DEFAULT '' NOT NULL,
	"href" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "notifications_once" UNIQUE("member_id","cause")
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"daily_quota" integer NOT NULL,
	"burst_requests" integer NOT NULL,
	"burst_window_seconds" integer NOT NULL,
	"retention_days" integer NOT NULL,
	"members_max" integer,
	"applications_max" integer,
	"is_default" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "plans_daily_quota_not_negative" CHECK ("plans"."daily_quota" >= 0),
	CONSTRAINT "plans_burst" CHECK ("plans"."burst_requests" >= 1 and "plans"."burst_window_seconds" between 1 and 3600),
	CONSTRAINT "plans_retention_days" CHECK ("plans"."retention_days" between 1 and 400)
);
--> statement-breakpoint
CREATE TABLE "tester_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"input" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tester_tickets" (
	"nonce" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "credentials_one_own_key";--> statement-breakpoint
ALTER TABLE "teams" ALTER COLUMN "daily_quota" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "teams" ALTER COLUMN "daily_quota" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "daily_cap" integer;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "production_only" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "successor_id" uuid;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "rotated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "retires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "retires_after_first_use" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "exposed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "daily_cap" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "plan_id" uuid;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "burst_requests" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "burst_window_seconds" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "retention_days" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "members_max" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "applications_max" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "production_reserve" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "rotation_days_development" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "rotation_days_staging" integer;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "rotation_days_production" integer DEFAULT 90;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "revokes_exposed" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "credential_exposures" ADD CONSTRAINT "credential_exposures_team_id_credential_id_credentials_team_id_id_fk" FOREIGN KEY ("team_id","credential_id") REFERENCES "public"."credentials"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_reminders" ADD CONSTRAINT "credential_reminders_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding_dismissals" ADD CONSTRAINT "finding_dismissals_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding_dismissals" ADD CONSTRAINT "finding_dismissals_team_id_dismissed_by_members_team_id_id_fk" FOREIGN KEY ("team_id","dismissed_by") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_events" ADD CONSTRAINT "incident_events_team_id_incident_id_incidents_team_id_id_fk" FOREIGN KEY ("team_id","incident_id") REFERENCES "public"."incidents"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_events" ADD CONSTRAINT "incident_events_team_id_member_id_members_team_id_id_fk" FOREIGN KEY ("team_id","member_id") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_team_id_credential_id_credentials_team_id_id_fk" FOREIGN KEY ("team_id","credential_id") REFERENCES "public"."credentials"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_team_id_successor_id_credentials_team_id_id_fk" FOREIGN KEY ("team_id","successor_id") REFERENCES "public"."credentials"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_team_id_opened_by_members_team_id_id_fk" FOREIGN KEY ("team_id","opened_by") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_team_id_closed_by_members_team_id_id_fk" FOREIGN KEY ("team_id","closed_by") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_team_id_member_id_members_team_id_id_fk" FOREIGN KEY ("team_id","member_id") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_team_id_member_id_members_team_id_id_fk" FOREIGN KEY ("team_id","member_id") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tester_requests" ADD CONSTRAINT "tester_requests_team_id_member_id_members_team_id_id_fk" FOREIGN KEY ("team_id","member_id") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tester_requests" ADD CONSTRAINT "tester_requests_team_id_credential_id_credentials_team_id_id_fk" FOREIGN KEY ("team_id","credential_id") REFERENCES "public"."credentials"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credential_exposures_credential" ON "credential_exposures" USING btree ("credential_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "credential_exposures_team" ON "credential_exposures" USING btree ("team_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "incident_events_incident" ON "incident_events" USING btree ("incident_id","id");--> statement-breakpoint
CREATE INDEX "incidents_team" ON "incidents" USING btree ("team_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_one_open" ON "incidents" USING btree ("credential_id") WHERE "incidents"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "notifications_member" ON "notifications" USING btree ("member_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "plans_name" ON "plans" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "plans_one_default" ON "plans" USING btree ("is_default") WHERE "plans"."is_default";--> statement-breakpoint
CREATE INDEX "tester_requests_member" ON "tester_requests" USING btree ("member_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "tester_tickets_expiry" ON "tester_tickets" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_team_id_successor_id_credentials_team_id_id_fk" FOREIGN KEY ("team_id","successor_id") REFERENCES "public"."credentials"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credentials_expiry" ON "credentials" USING btree ("expires_at") WHERE "credentials"."status" <> 'revoked';--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_one_predecessor" ON "credentials" USING btree ("successor_id");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_one_own_key" ON "credentials" USING btree ("member_id") WHERE "credentials"."member_id" is not null and "credentials"."status" <> 'revoked' and "credentials"."successor_id" is null;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_rotated" CHECK (("credentials"."successor_id" is null) = ("credentials"."rotated_at" is null));--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_daily_limit" CHECK ("credentials"."daily_limit" >= 1);--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_burst" CHECK (("teams"."burst_requests" is null) = ("teams"."burst_window_seconds" is null));--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_production_reserve_not_negative" CHECK ("teams"."production_reserve" >= 0);--> statement-breakpoint
INSERT INTO "plans" ("id", "name", "description", "daily_quota", "burst_requests", "burst_window_seconds", "retention_days", "is_default")
VALUES ('019a0000-0000-7000-8000-000000000001', 'Standard', 'What a team gets when nothing else was agreed.', 10000, 1000, 10, 90, true);--> statement-breakpoint
UPDATE "teams" SET "daily_quota" = NULL WHERE "daily_quota" = 10000;
