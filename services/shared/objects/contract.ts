/** The files with the two parts of the key that opens the bucket, where a cloud has no identities for pods. */
export const OBJECTS_ACCESS_KEY = "objects-access-key";
export const OBJECTS_SECRET_KEY = "objects-secret-key";
