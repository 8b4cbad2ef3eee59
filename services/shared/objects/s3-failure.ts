import { ObjectStoreError } from "./ports.ts";

/** Of an error that a request ended with, the code of the store or of Node. The SDK marks these; other errors are returned as they are. */
export function s3Failure(operation: string, error: unknown): unknown {
  const { name, code } = error as NodeJS.ErrnoException;
  const isStores = name === "CredentialsProviderError" || Object.hasOwn(error as object, "$metadata");
  return isStores ? new ObjectStoreError(operation, code ?? name, { cause: error }) : error;
}
