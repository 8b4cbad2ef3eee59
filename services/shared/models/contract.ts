/** The secret file with the keys under which tenants' API keys are sealed, one per line, the newest first. */
export const SEALING_KEYS = "custom-model-key";
