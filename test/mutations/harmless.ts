/**
 * Damage that no proof finds and that does no harm, by the name of the mutation, with the reason. It counts as missed, and the long
 * test bounds how much of it there may be.
 */
const harmless: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^55-alerts\/.*: spec\.groups\.\d+\.name: /, "the name of a group is shown, and decides nothing"],
  [/\.path: "\/metrics" -> gone$/, "Prometheus reads /metrics by default"],
  [
    /httproute\..*\.matches\.\d+\.path: .*"PathPrefix","value":"\/".* -> gone$/,
    "a match without a path is of every path",
  ],
  [/: inputs\.(publiclyAccessible|deletionProtection): false -> gone$/, "false is the default of the provider"],
  [/: spec\.affinity\.enablePodAntiAffinity: true -> gone$/, "true is the default of CloudNativePG"],
  [/\.tolerations\.\d+\.effect: .* -> gone$/, "a toleration without an effect is of every effect"],
  [/\.args\.\d+: "--port=8000" -> gone$/, "8000 is the default of vLLM"],
  [/\.scaleUp\.stabilizationWindowSeconds: 0 -> 1$/, "the controller looks every 15 seconds"],
  [/^aws:kms\/alias:Alias \S+ removed$/, "an alias names a key for people, and nothing refers to it"],
  [/clusterissuer\..*\.privateKeySecretRef\.name: /, "cert-manager makes the Secret, and registers another account"],
];

/** Why damage does no harm; undefined where it may do some. */
export const whyHarmless = (name: string): string | undefined => harmless.find(([pattern]) => pattern.test(name))?.[1];
