CREATE TABLE "gateway_health" (
	"node_id" uuid PRIMARY KEY NOT NULL,
	"reported_at" timestamp with time zone NOT NULL,
	"spool_writable" boolean NOT NULL,
	"spool_bytes" bigint NOT NULL,
	"oldest_line_at" timestamp with time zone,
	"last_error" text,
	"last_error_at" timestamp with time zone,
	"quarantined_segments" integer NOT NULL,
	"quarantined_bytes" bigint NOT NULL,
	"blocked" jsonb NOT NULL,
	"kept_bytes" bigint NOT NULL,
	"replayed_segments" integer NOT NULL,
	"restarts" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "usage_records" ADD COLUMN "requests" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "gateway_health" ADD CONSTRAINT "gateway_health_node_id_gateway_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."gateway_nodes"("id") ON DELETE cascade ON UPDATE no action;