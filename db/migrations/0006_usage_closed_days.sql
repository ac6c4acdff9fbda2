DROP INDEX "usage_records_application";--> statement-breakpoint
DROP INDEX "usage_records_member";--> statement-breakpoint
DROP INDEX "usage_records_client";--> statement-breakpoint
DROP INDEX "usage_records_endpoint";--> statement-breakpoint
DROP INDEX "usage_records_method";--> statement-breakpoint
-- Room for the new version of a sum beside the old one: then no index has to be touched when it is raised.
ALTER TABLE "usage_hours" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "usage_days" SET (fillfactor = 60);--> statement-breakpoint
ALTER TABLE "usage_clients" SET (fillfactor = 60);--> statement-breakpoint
ALTER TABLE "usage_daily" SET (fillfactor = 60);--> statement-breakpoint
ALTER TABLE "usage_minutes_default" SET (fillfactor = 50);
