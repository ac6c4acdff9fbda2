CREATE TYPE "public"."account_token_kind" AS ENUM('verify_email', 'reset_password');--> statement-breakpoint
CREATE TYPE "public"."credential_status" AS ENUM('active', 'paused', 'revoked');--> statement-breakpoint
CREATE TYPE "public"."environment" AS ENUM('development', 'staging', 'production');--> statement-breakpoint
CREATE TYPE "public"."gateway_mount" AS ENUM('node', 'next');--> statement-breakpoint
CREATE TYPE "public"."member_role" AS ENUM('owner', 'admin', 'member');--> statement-breakpoint
CREATE TYPE "public"."member_status" AS ENUM('active', 'suspended', 'removed');--> statement-breakpoint
CREATE TYPE "public"."usage_outcome" AS ENUM('open', 'answered', 'aborted', 'refused', 'unknown');--> statement-breakpoint
CREATE TABLE "account_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" "account_token_kind" NOT NULL,
	"token_digest" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token_digest" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_reason" text,
	"ip" text,
	"user_agent" text
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"email_verified_at" timestamp with time zone,
	"is_operator" boolean DEFAULT false NOT NULL,
	"failed_sign_ins" integer DEFAULT 0 NOT NULL,
	"throttled_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_normalised" CHECK ("users"."email" = lower("users"."email"))
);
--> statement-breakpoint
CREATE TABLE "application_endpoints" (
	"team_id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"connected_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "application_endpoints_application_id_endpoint_id_pk" PRIMARY KEY("application_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "applications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"public_id" text NOT NULL,
	"title" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone,
	CONSTRAINT "applications_public_id_unique" UNIQUE("public_id"),
	CONSTRAINT "applications_team_id" UNIQUE("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"team_id" uuid,
	"actor_user_id" uuid,
	"actor_member_id" uuid,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"ip" text
);
--> statement-breakpoint
CREATE TABLE "apis" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"version" text DEFAULT '' NOT NULL,
	"openapi" text NOT NULL,
	"document" text NOT NULL,
	"upstream_url" text NOT NULL,
	"upstream_development_url" text,
	"upstream_staging_url" text,
	"upstream_header_name" text,
	"upstream_header_sealed" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "apis_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"api_id" uuid NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"operation_id" text,
	"summary" text DEFAULT '' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"tag" text DEFAULT '' NOT NULL,
	"deprecated" boolean DEFAULT false NOT NULL,
	"parameters" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"request_body" jsonb,
	"responses" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "endpoints_api_method_path" UNIQUE("api_id","method","path")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"member_id" uuid,
	"key_id" text NOT NULL,
	"environment" "environment" NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"status" "credential_status" DEFAULT 'active' NOT NULL,
	"secret_digest" "bytea" NOT NULL,
	"secret_last_four" text NOT NULL,
	"expires_at" timestamp with time zone,
	"allowed_ips" text[] DEFAULT '{}'::text[] NOT NULL,
	"allowed_domains" text[] DEFAULT '{}'::text[] NOT NULL,
	"daily_limit" integer,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"paused_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_by" uuid,
	CONSTRAINT "credentials_key_id_unique" UNIQUE("key_id"),
	CONSTRAINT "credentials_team_id" UNIQUE("team_id","id"),
	CONSTRAINT "credentials_revoked_at" CHECK (("credentials"."status" = 'revoked') = ("credentials"."revoked_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "access_epoch" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "access_epoch_one_row" CHECK ("access_epoch"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "gateway_nodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"mount" "gateway_mount" NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"epoch_seen" bigint NOT NULL,
	"stopped_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"template" text NOT NULL,
	"recipient" text NOT NULL,
	"sealed_props" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"failed_at" timestamp with time zone,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "quota_days" (
	"team_id" uuid NOT NULL,
	"day" date NOT NULL,
	"reserved" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "quota_days_team_id_day_pk" PRIMARY KEY("team_id","day"),
	CONSTRAINT "quota_days_reserved_not_negative" CHECK ("quota_days"."reserved" >= 0)
);
--> statement-breakpoint
CREATE TABLE "quota_grants" (
	"node_id" uuid NOT NULL,
	"team_id" uuid NOT NULL,
	"day" date NOT NULL,
	"granted" integer NOT NULL,
	"returned" integer DEFAULT 0 NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "quota_grants_node_id_team_id_day_pk" PRIMARY KEY("node_id","team_id","day"),
	CONSTRAINT "quota_grants_returned" CHECK ("quota_grants"."returned" between 0 and "quota_grants"."granted")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" "member_role" NOT NULL,
	"status" "member_status" DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_team_user" UNIQUE("team_id","user_id"),
	CONSTRAINT "members_team_id" UNIQUE("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "teams" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"api_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"daily_quota" integer DEFAULT 10000 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "teams_slug_unique" UNIQUE("slug"),
	CONSTRAINT "teams_api_id_unique" UNIQUE("api_id"),
	CONSTRAINT "teams_daily_quota_not_negative" CHECK ("teams"."daily_quota" >= 0)
);
--> statement-breakpoint
CREATE TABLE "usage_daily" (
	"team_id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"member_id" uuid,
	"day" date NOT NULL,
	"requests" integer DEFAULT 0 NOT NULL,
	"errors" integer DEFAULT 0 NOT NULL,
	"refused" integer DEFAULT 0 NOT NULL,
	"bytes_in" bigint DEFAULT 0 NOT NULL,
	"bytes_out" bigint DEFAULT 0 NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "usage_daily_credential_id_day_pk" PRIMARY KEY("credential_id","day")
);
--> statement-breakpoint
CREATE TABLE "usage_records" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"day" date NOT NULL,
	"team_id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"member_id" uuid,
	"environment" "environment" NOT NULL,
	"api_id" uuid,
	"endpoint_id" uuid,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"outcome" "usage_outcome" NOT NULL,
	"status" smallint,
	"reason" text,
	"counted" boolean NOT NULL,
	"latency_ms" real,
	"bytes_in" bigint DEFAULT 0 NOT NULL,
	"bytes_out" bigint DEFAULT 0 NOT NULL,
	"client_ip" text NOT NULL,
	"user_agent" text DEFAULT '' NOT NULL,
	"node_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_segments" (
	"id" text PRIMARY KEY NOT NULL,
	"node_id" uuid NOT NULL,
	"lines" integer NOT NULL,
	"shipped_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "account_tokens" ADD CONSTRAINT "account_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_endpoints" ADD CONSTRAINT "application_endpoints_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_endpoints" ADD CONSTRAINT "application_endpoints_team_id_application_id_applications_team_id_id_fk" FOREIGN KEY ("team_id","application_id") REFERENCES "public"."applications"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_team_id_created_by_members_team_id_id_fk" FOREIGN KEY ("team_id","created_by") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_api_id_apis_id_fk" FOREIGN KEY ("api_id") REFERENCES "public"."apis"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_team_id_application_id_applications_team_id_id_fk" FOREIGN KEY ("team_id","application_id") REFERENCES "public"."applications"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_team_id_member_id_members_team_id_id_fk" FOREIGN KEY ("team_id","member_id") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_team_id_created_by_members_team_id_id_fk" FOREIGN KEY ("team_id","created_by") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quota_days" ADD CONSTRAINT "quota_days_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "account_tokens_digest_unique" ON "account_tokens" USING btree ("token_digest");--> statement-breakpoint
CREATE INDEX "account_tokens_user" ON "account_tokens" USING btree ("user_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token_digest_unique" ON "sessions" USING btree ("token_digest");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_unique" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "application_endpoints_endpoint" ON "application_endpoints" USING btree ("endpoint_id");--> statement-breakpoint
CREATE UNIQUE INDEX "applications_one_default" ON "applications" USING btree ("team_id") WHERE "applications"."is_default";--> statement-breakpoint
CREATE INDEX "audit_events_team_at" ON "audit_events" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "endpoints_api" ON "endpoints" USING btree ("api_id");--> statement-breakpoint
CREATE INDEX "credentials_application" ON "credentials" USING btree ("application_id");--> statement-breakpoint
CREATE INDEX "credentials_team" ON "credentials" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "gateway_nodes_lease" ON "gateway_nodes" USING btree ("lease_until");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("next_attempt_at") WHERE "outbox"."sent_at" is null and "outbox"."failed_at" is null;--> statement-breakpoint
CREATE INDEX "members_user" ON "members" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "usage_daily_team" ON "usage_daily" USING btree ("team_id","day");--> statement-breakpoint
CREATE INDEX "usage_daily_application" ON "usage_daily" USING btree ("application_id","day");--> statement-breakpoint
CREATE INDEX "usage_records_team" ON "usage_records" USING btree ("team_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "usage_records_application" ON "usage_records" USING btree ("application_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "usage_records_credential" ON "usage_records" USING btree ("credential_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "usage_records_open" ON "usage_records" USING btree ("node_id","outcome");