CREATE TYPE "public"."retention_cause" AS ENUM('team_limits', 'team_plan', 'plan_limits', 'default_plan');--> statement-breakpoint
CREATE TABLE "retention_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cause" "retention_cause" NOT NULL,
	"team_id" uuid,
	"plan_id" uuid,
	"days_before" integer,
	"days_after" integer,
	"plan_before" uuid,
	"plan_after" uuid,
	"requests" bigint NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"canceled_at" timestamp with time zone,
	CONSTRAINT "retention_changes_team" CHECK (("retention_changes"."team_id" is not null) = ("retention_changes"."cause" in ('team_limits', 'team_plan')))
);
--> statement-breakpoint
CREATE TABLE "retention_holds" (
	"change_id" uuid NOT NULL,
	"team_id" uuid NOT NULL,
	"keep_days" integer NOT NULL,
	"requests" bigint NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "retention_holds_change_id_team_id_pk" PRIMARY KEY("change_id","team_id")
);
--> statement-breakpoint
ALTER TABLE "audit_events" DROP CONSTRAINT "audit_events_action_known";--> statement-breakpoint
ALTER TABLE "retention_changes" ADD CONSTRAINT "retention_changes_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retention_changes" ADD CONSTRAINT "retention_changes_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retention_holds" ADD CONSTRAINT "retention_holds_change_id_retention_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."retention_changes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retention_holds" ADD CONSTRAINT "retention_holds_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "retention_changes_pending" ON "retention_changes" USING btree ("due_at") WHERE "retention_changes"."canceled_at" is null;--> statement-breakpoint
CREATE INDEX "retention_holds_team" ON "retention_holds" USING btree ("team_id","until");--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_action_known" CHECK ("audit_events"."action" in ('account.create', 'account.change_name', 'account.change_password', 'account.reset_password', 'account.verify_email', 'account.two_factor_on', 'account.two_factor_off', 'account.new_recovery_codes', 'account.use_recovery_code', 'account.make_operator', 'account.fail_sign_in', 'account.claim', 'session.end', 'session.end_others', 'operator.add', 'operator.remove', 'access.deny', 'team.create', 'team.edit', 'team.delete', 'team.restore', 'team.set_quota', 'team.set_limits', 'team.assign_plan', 'team.lower_retention', 'team.undo_retention', 'team.set_reserve', 'team.transfer', 'team.require_two_factor', 'team.set_key_policy', 'guidelines.set', 'guidelines.confirm', 'member.invite', 'member.change_role', 'member.suspend', 'member.activate', 'member.remove', 'member.leave', 'member.set_cap', 'invitation.send', 'invitation.resend', 'invitation.copy_link', 'invitation.cancel', 'invitation.accept', 'invitation.ask_again', 'review.start', 'review.decide', 'review.finish', 'application.create', 'application.edit', 'application.connect', 'application.set_cap', 'application.archive', 'application.restore', 'credential.issue', 'credential.edit', 'credential.pause', 'credential.resume', 'credential.revoke', 'credential.rotate', 'credential.extend_retirement', 'credential.start_retirement', 'credential.restrict', 'credential.regenerate', 'credential.test', 'credential.expose', 'credential.compromised', 'finding.dismiss', 'finding.restore', 'incident.open', 'incident.replace', 'incident.update', 'incident.note', 'incident.report', 'incident.close', 'incident.reopen', 'notification.set', 'usage.export', 'plan.create', 'plan.edit', 'plan.remove', 'plan.make_default', 'api.import', 'api.remove', 'api.set_production_only', 'job.run'));--> statement-breakpoint
ALTER TABLE "credential_reminders" ADD CONSTRAINT "credential_reminders_kind_known" CHECK ("credential_reminders"."kind" in ('expires_14', 'expires_7', 'expires_1', 'expired'));--> statement-breakpoint
ALTER TABLE "finding_dismissals" ADD CONSTRAINT "finding_dismissals_kind_known" CHECK ("finding_dismissals"."kind" in ('exposed_key', 'rotation_overdue', 'expires_soon', 'expired_called', 'shared_client', 'production_without_ip', 'production_without_expiry', 'unused', 'production_from_private', 'new_network', 'inactive_member', 'two_factor_not_required', 'owner_without_two_factor', 'single_owner', 'review_overdue'));--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_kind_known" CHECK ("notification_settings"."kind" in ('quota', 'errors', 'refusals', 'expiry', 'exposure'));--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_kind_known" CHECK ("notifications"."kind" in ('quota', 'errors', 'refusals', 'expiry', 'exposure'));