CREATE TYPE "public"."operator_source" AS ENUM('configuration', 'command');--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "operator_source" "operator_source";