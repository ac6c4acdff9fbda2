DROP INDEX "usage_records_open";--> statement-breakpoint
CREATE INDEX "usage_records_open" ON "usage_records" USING btree ("node_id") WHERE "usage_records"."outcome" = 'open';