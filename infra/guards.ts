import type { Environment } from "../platform/environment.ts";

type Guarded = Pick<Environment, "protect" | "teardown">;

/** Whether what holds data, and what it depends on, refuses to be deleted: in a protected environment, until its teardown. */
export const isGuarded = ({ protect, teardown }: Guarded): boolean => protect && !teardown;

/**
 * Of every StorageClass, whether the environment is protected or not: the field is immutable, and a claim that is deleted by mistake
 * must not take its data along. `promptops destroy` deletes the volumes that remain.
 */
export const RECLAIM_POLICY = "Retain";

/** The resource option of what outlives its environment where somebody keeps the backups. */
export const keptWithBackups = ({ teardown }: Guarded): { readonly retainOnDelete?: true } =>
  teardown?.keepBackups ? { retainOnDelete: true } : {};

/**
 * Days for which a backup or an object that was deleted or overwritten can be restored. The erasure of a tenant is complete only after
 * as many.
 */
export const OLD_VERSION_DAYS = 30;
