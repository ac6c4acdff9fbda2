ALTER TABLE "usage_daily" ADD COLUMN "last_used_at" timestamp with time zone;--> statement-breakpoint
-- Of the days so far it is not known which call was the last that passed: the last of a day with any is the nearest.
UPDATE "usage_daily" SET "last_used_at" = "last_at" WHERE "requests" > 0;
