/** A hook is made anew at every sync; a Job's template cannot be changed. */
export const jobAnnotations = {
  "argocd.argoproj.io/hook": "Sync",
  "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
};
