/** An IAM role by its account and name, which are unique together; its path is no part of that. */
export function principalKey(arn: string): string {
  const [account = "", path = ""] = arn.split(":").slice(4);
  return `${account}-${path.slice(path.lastIndexOf("/") + 1)}`;
}
