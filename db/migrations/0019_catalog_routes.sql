ALTER TABLE "apis" ADD COLUMN "document_url" text;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "route_id" uuid;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_route_id_endpoints_id_fk" FOREIGN KEY ("route_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;