// Command builtin is a WASI reactor that judges objects of Kubernetes' own kinds as the API server does on create, and their pods
// by the Pod Security level of their namespace.
package main

import (
	_ "time/tzdata" // A CronJob names its time zone, and WASI has no files to look it up.

	"encoding/json"

	"k8s.io/kubernetes/pkg/capabilities"

	"kubeconform-wasm/apiserver/abi"
	"kubeconform-wasm/apiserver/registry"
	"kubeconform-wasm/apiserver/verdict"
)

func main() {}

func init() {
	// As every managed cluster has it (--allow-privileged): who may run privileged pods is for Pod Security to say.
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})
}

type request struct {
	Objects []json.RawMessage `json:"objects"`
	// Namespaces has the labels of namespaces, which set the Pod Security level of their pods.
	Namespaces map[string]map[string]string `json:"namespaces"`
}

//go:wasmexport judge
func judge(address, length uint32) uint64 {
	return abi.Call(address, length, func(r request) ([]verdict.Verdict, error) {
		verdicts := make([]verdict.Verdict, 0, len(r.Objects))
		for _, manifest := range r.Objects {
			result, object := registry.Create(manifest)
			if object != nil {
				result.Apply = verdict.Causes(registry.Duplicates(object))
			}
			judgePods(&result, object, manifest, r.Namespaces)
			verdicts = append(verdicts, result)
		}
		return verdicts, nil
	})
}
