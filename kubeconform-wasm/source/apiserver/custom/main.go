// Command custom is a WASI reactor that judges objects of custom kinds as the API server does on create: by the structural schema of
// their definition, strictly, after defaulting, and by its CEL rules.
package main

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"kubeconform-wasm/apiserver/abi"
	"kubeconform-wasm/apiserver/verdict"
)

func main() {}

// served has the custom kinds; what a definition says is compiled when an object needs it.
var served = map[schema.GroupVersionKind]*customKind{}

// define adds custom kinds; a kind that is defined again takes the later definition.
//
//go:wasmexport define
func define(address, length uint32) uint64 {
	return abi.Call(address, length, func(definitions []apiextensionsv1.CustomResourceDefinition) (int, error) {
		for _, definition := range definitions {
			if err := add(&definition); err != nil {
				return 0, fmt.Errorf("%s: %w", definition.Name, err)
			}
		}
		return len(definitions), nil
	})
}

func add(definition *apiextensionsv1.CustomResourceDefinition) error {
	apiextensionsv1.SetObjectDefaults_CustomResourceDefinition(definition)
	internal := &apiextensions.CustomResourceDefinition{}
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(definition, internal, nil); err != nil {
		return err
	}
	for _, version := range internal.Spec.Versions {
		if version.Served {
			kind := schema.GroupVersionKind{Group: internal.Spec.Group, Version: version.Name, Kind: internal.Spec.Names.Kind}
			served[kind] = &customKind{definition: internal, version: version.Name}
		}
	}
	return nil
}

type request struct {
	Objects []json.RawMessage `json:"objects"`
}

//go:wasmexport judge
func judge(address, length uint32) uint64 {
	return abi.Call(address, length, func(r request) ([]verdict.Verdict, error) {
		verdicts := make([]verdict.Verdict, 0, len(r.Objects))
		for _, manifest := range r.Objects {
			result, err := judgeObject(manifest)
			if err != nil {
				return nil, err
			}
			verdicts = append(verdicts, result)
		}
		return verdicts, nil
	})
}

func judgeObject(manifest []byte) (verdict.Verdict, error) {
	var head runtime.TypeMeta
	if err := json.Unmarshal(manifest, &head); err != nil {
		return verdict.Undecodable(err), nil
	}
	if kind, found := served[schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)]; found {
		return kind.create(manifest)
	}
	return verdict.Unknown(), nil
}
