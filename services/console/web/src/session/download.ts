import { refresh, waitForSignIn } from "./session.ts";

/** Saves an answer of the API as a file. It is streamed to the disk, so its size does not matter. */
export async function download(path: string, name: string): Promise<void> {
  // A download cannot be sent again after 401, so the tokens must be valid before.
  if (!(await refresh())) await waitForSignIn();
  const link = document.createElement("a");
  link.href = path;
  link.download = name;
  link.click();
}
