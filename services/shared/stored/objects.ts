/** Hours after its end for which an export is kept. */
export const EXPORT_HOURS = 24;

/** Keys of objects that a tenant downloads, below the tenant's id. */
export const fileKey = (id: string): string => `files/${id}`;
export const exportKey = (id: string): string => `exports/${id}.gz`;
