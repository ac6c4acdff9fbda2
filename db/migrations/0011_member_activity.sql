CREATE TABLE "member_visits" (
	"team_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"first_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "member_visits_member_id_session_id_pk" PRIMARY KEY("member_id","session_id")
);
--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "last_seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "last_sign_in_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "member_visits" ADD CONSTRAINT "member_visits_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_visits" ADD CONSTRAINT "member_visits_team_id_member_id_members_team_id_id_fk" FOREIGN KEY ("team_id","member_id") REFERENCES "public"."members"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "member_visits_session" ON "member_visits" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "teams_by_name" ON "teams" USING btree (lower("name"),"id") WHERE "teams"."deleted_at" is null;--> statement-breakpoint
-- What a team may know from before: sessions of people who belong to no other team, and what each did in the team.
INSERT INTO "member_visits" ("team_id", "member_id", "session_id", "first_at", "last_at")
SELECT m."team_id", m."id", s."id", s."created_at", s."last_seen_at"
FROM "members" m JOIN "sessions" s ON s."user_id" = m."user_id"
WHERE s."last_seen_at" >= m."created_at" AND (m."status" <> 'removed' OR s."created_at" <= m."status_at")
	AND NOT EXISTS (SELECT 1 FROM "members" o WHERE o."user_id" = m."user_id" AND o."id" <> m."id");--> statement-breakpoint
UPDATE "members" m SET "last_sign_in_at" = v."first_at", "last_seen_at" = v."last_at"
FROM (SELECT "member_id", max("first_at") AS "first_at", max("last_at") AS "last_at" FROM "member_visits" GROUP BY 1) v
WHERE v."member_id" = m."id";--> statement-breakpoint
UPDATE "members" m SET "last_seen_at" = greatest(m."last_seen_at", e."at")
FROM (SELECT "actor_member_id", max("at") AS "at" FROM "audit_events" WHERE "actor_member_id" IS NOT NULL GROUP BY 1) e
WHERE e."actor_member_id" = m."id";
