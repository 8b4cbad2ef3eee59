/** What the system says of a path that is there, or could be, and that it does not let us use. */
const REFUSALS = new Set([
  "EACCES",
  "EEXIST",
  "EISDIR",
  "ELOOP",
  "ENAMETOOLONG",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "EROFS",
]);

/** A sentence for a path of the user's that cannot be read or written; undefined for any other error, which is our own fault. */
export function explainUnusablePath(error: unknown): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined || !REFUSALS.has(code)) return undefined;
  return `'${path}' cannot be used (${code}). Make it a file or a folder that you may read and write, and repeat.`;
}
