CREATE TYPE "public"."throttle_kind" AS ENUM('sign_in', 'sign_up', 'invitation_address', 'invitation_team', 'exposure_notice');--> statement-breakpoint
CREATE TABLE "sign_in_throttles" (
	"user_id" uuid NOT NULL,
	"source" text NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"throttled_until" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sign_in_throttles_user_id_source_pk" PRIMARY KEY("user_id","source")
);
--> statement-breakpoint
CREATE TABLE "throttle_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" "throttle_kind" NOT NULL,
	"key" "bytea" NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "devices_valid_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sign_in_throttles" ADD CONSTRAINT "sign_in_throttles_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sign_in_throttles_updated" ON "sign_in_throttles" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "throttle_events_key" ON "throttle_events" USING btree ("kind","key","at");--> statement-breakpoint
CREATE INDEX "throttle_events_at" ON "throttle_events" USING btree ("at");--> statement-breakpoint
-- NOT VALID: the log is not scanned under a lock, and what earlier versions recorded stays.
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_action_known" CHECK ("audit_events"."action" in ('account.create', 'account.change_name', 'account.change_password', 'account.reset_password', 'account.verify_email', 'account.two_factor_on', 'account.two_factor_off', 'account.new_recovery_codes', 'account.use_recovery_code', 'account.make_operator', 'account.fail_sign_in', 'account.claim', 'session.end', 'session.end_others', 'operator.add', 'operator.remove', 'access.deny', 'team.create', 'team.edit', 'team.delete', 'team.restore', 'team.set_quota', 'team.set_limits', 'team.assign_plan', 'team.set_reserve', 'team.transfer', 'team.require_two_factor', 'team.set_key_policy', 'guidelines.set', 'guidelines.confirm', 'member.invite', 'member.change_role', 'member.suspend', 'member.activate', 'member.remove', 'member.leave', 'member.set_cap', 'invitation.send', 'invitation.resend', 'invitation.copy_link', 'invitation.cancel', 'invitation.accept', 'invitation.ask_again', 'review.start', 'review.decide', 'review.finish', 'application.create', 'application.edit', 'application.connect', 'application.set_cap', 'application.archive', 'application.restore', 'credential.issue', 'credential.edit', 'credential.pause', 'credential.resume', 'credential.revoke', 'credential.rotate', 'credential.extend_retirement', 'credential.start_retirement', 'credential.restrict', 'credential.regenerate', 'credential.test', 'credential.expose', 'credential.compromised', 'finding.dismiss', 'finding.restore', 'incident.open', 'incident.replace', 'incident.update', 'incident.note', 'incident.report', 'incident.close', 'incident.reopen', 'notification.set', 'usage.export', 'plan.create', 'plan.edit', 'plan.remove', 'plan.make_default', 'api.import', 'api.remove', 'api.set_production_only', 'job.run')) NOT VALID;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_subject_known" CHECK ("audit_events"."subject_kind" in ('user', 'session', 'team', 'member', 'invitation', 'review', 'application', 'credential', 'incident', 'plan', 'api', 'job', 'log', 'permission')) NOT VALID;