/** The user `node` of Node.js' official images, as which our images and their pods run. */
export const NODE_USER = 1000;

/** What Pod Security's `restricted` level requires of a container, and a read-only root file system. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** What it requires of a pod, with files that belong to its user. */
export const restrictedPod = (
  user: number,
): {
  runAsNonRoot: true;
  runAsUser: number;
  runAsGroup: number;
  fsGroup: number;
  seccompProfile: { type: string };
} => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  seccompProfile: { type: "RuntimeDefault" },
});
