import { CUSTOM_MODELS } from "../../../platform/model-schema.ts";

/** Whether a prompt names a model of its tenant's own. */
export const isCustom = (name: string): boolean => name.startsWith(CUSTOM_MODELS);

/** The name of a model in rows that several tenants share: `custom/<tenant>/<name>` for a tenant's own, any other as it is. */
export const storedName = (tenant: string, name: string): string =>
  isCustom(name) ? `${CUSTOM_MODELS}${tenant}/${name.slice(CUSTOM_MODELS.length)}` : name;

const STORED = /^custom\/([0-9a-f-]{36})\//;

/** The name by which its tenant knows a model. */
export const shownName = (stored: string): string => stored.replace(STORED, CUSTOM_MODELS);

/** The tenant of a model by its name in rows; undefined for an operator's. */
export const tenantOf = (stored: string): string | undefined => STORED.exec(stored)?.[1];
