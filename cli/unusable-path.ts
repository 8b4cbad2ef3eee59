/** What the system says of a path that is there, or could be, and that it does not let us use. */
const REFUSALS = new Set(["EACCES", "EEXIST", "EISDIR", "ELOOP", "ENAMETOOLONG", "ENOTDIR", "EPERM", "EROFS"]);

/** What it says of a disk, or of a user's share of one, that is full. */
const FULL = new Set(["EDQUOT", "ENOSPC"]);

/** A sentence for a full disk, and for a path of the user's that cannot be read or written; undefined for any other error, which is our own fault. */
export function explainUnusablePath(error: unknown): string | undefined {
  const { code, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  if (code !== undefined && FULL.has(code)) {
    const where = dest ?? path;
    return `There is no space left${where === undefined ? "" : ` for '${where}'`} (${code}). Free some, and repeat.`;
  }
  if (code === undefined || path === undefined || !REFUSALS.has(code)) return undefined;
  return `'${path}' cannot be used (${code}). Make it a file or a folder that you may read and write, and repeat.`;
}
