ALTER TABLE "apis" ADD COLUMN "key_method" text DEFAULT 'any' NOT NULL;--> statement-breakpoint
ALTER TABLE "apis" ADD COLUMN "key_header" text;--> statement-breakpoint
ALTER TABLE "apis" ADD CONSTRAINT "apis_key_method_known" CHECK ("apis"."key_method" in ('any', 'basic', 'bearer', 'x-api-key', 'header'));--> statement-breakpoint
ALTER TABLE "apis" ADD CONSTRAINT "apis_key_header" CHECK (("apis"."key_method" = 'header') = ("apis"."key_header" is not null));