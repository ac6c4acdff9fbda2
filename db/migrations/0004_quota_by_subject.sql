CREATE TYPE "public"."quota_kind" AS ENUM('team', 'non_production', 'application', 'member', 'credential');--> statement-breakpoint
ALTER TABLE "quota_days" DROP CONSTRAINT "quota_days_team_id_teams_id_fk";--> statement-breakpoint
ALTER TABLE "quota_days" DROP CONSTRAINT "quota_days_team_id_day_pk";--> statement-breakpoint
ALTER TABLE "quota_days" RENAME COLUMN "team_id" TO "subject_id";--> statement-breakpoint
ALTER TABLE "quota_days" ADD COLUMN "kind" "quota_kind" NOT NULL DEFAULT 'team';--> statement-breakpoint
ALTER TABLE "quota_days" ALTER COLUMN "kind" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "quota_days" ADD CONSTRAINT "quota_days_kind_subject_id_day_pk" PRIMARY KEY("kind","subject_id","day");--> statement-breakpoint
ALTER TABLE "quota_grants" DROP CONSTRAINT "quota_grants_node_id_team_id_day_pk";--> statement-breakpoint
ALTER TABLE "quota_grants" RENAME COLUMN "team_id" TO "subject_id";--> statement-breakpoint
ALTER TABLE "quota_grants" ADD COLUMN "kind" "quota_kind" NOT NULL DEFAULT 'team';--> statement-breakpoint
ALTER TABLE "quota_grants" ALTER COLUMN "kind" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "quota_grants" ADD CONSTRAINT "quota_grants_node_id_kind_subject_id_day_pk" PRIMARY KEY("node_id","kind","subject_id","day");--> statement-breakpoint
CREATE INDEX "quota_days_day" ON "quota_days" USING btree ("day");--> statement-breakpoint
CREATE INDEX "quota_grants_day" ON "quota_grants" USING btree ("day");
