ALTER TABLE "finding_dismissals" DROP CONSTRAINT "finding_dismissals_kind_known";--> statement-breakpoint
ALTER TABLE "apis" ADD COLUMN "browser_access" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "origin_required" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "page_used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "page_origin" text;--> statement-breakpoint
CREATE INDEX "credentials_pages" ON "credentials" USING btree ("application_id") WHERE "credentials"."status" = 'active' and cardinality("credentials"."allowed_domains") > 0;--> statement-breakpoint
ALTER TABLE "finding_dismissals" ADD CONSTRAINT "finding_dismissals_kind_known" CHECK ("finding_dismissals"."kind" in ('exposed_key', 'rotation_overdue', 'production_on_page', 'expires_soon', 'expired_called', 'shared_client', 'production_without_ip', 'production_without_expiry', 'unused', 'production_from_private', 'new_network', 'inactive_member', 'two_factor_not_required', 'owner_without_two_factor', 'single_owner', 'review_overdue'));