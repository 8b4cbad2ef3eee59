/** The key of the object that holds a file of a tenant, below the tenant's id. */
export const fileKey = (id: string): string => `files/${id}`;
