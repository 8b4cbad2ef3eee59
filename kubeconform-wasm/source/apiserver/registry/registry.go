// Package registry creates objects of built-in kinds as the API server does, up to where it would store them: strict decoding,
// defaulting, conversion, rest.BeforeCreate with the kind's strategy. The strategies themselves do not compile to WebAssembly,
// so a reactor adds each kind with its Validate function and what of its PrepareForCreate changes a verdict.
package registry

import (
	"reflect"

	"k8s.io/apimachinery/pkg/api/meta"
	genericvalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"

	"kubeconform-wasm/apiserver/metadata"
	"kubeconform-wasm/apiserver/verdict"
)

// Scheme of the kinds that a reactor serves.
var Scheme = legacyscheme.Scheme

// Serve adds internal types and the versions that an API server serves by default. The packages called install would add alpha and
// beta versions too.
func Serve(adders ...func(*runtime.Scheme) error) {
	for _, add := range adders {
		utilruntime.Must(add(Scheme))
	}
}

type kind struct {
	namespaced bool
	create     func(runtime.Object) field.ErrorList
}

// kinds by the internal type that their objects decode to.
var kinds = map[reflect.Type]kind{}

// Namespaced adds a kind whose objects are in a namespace.
func Namespaced[T runtime.Object](create func(T) field.ErrorList) { add(true, create) }

// ClusterWide adds a kind whose objects are in no namespace.
func ClusterWide[T runtime.Object](create func(T) field.ErrorList) { add(false, create) }

func add[T runtime.Object](namespaced bool, create func(T) field.ErrorList) {
	kinds[reflect.TypeFor[T]()] = kind{namespaced, func(object runtime.Object) field.ErrorList { return create(object.(T)) }}
}

var decoder = serializer.NewSerializerWithOptions(
	serializer.DefaultMetaFactory, Scheme, Scheme, serializer.SerializerOptions{Strict: true})

// Create judges a manifest. It returns the object too, with its defaults, in the version that it is written in, if it decodes.
func Create(manifest []byte) (verdict.Verdict, runtime.Object) {
	versioned, kind, err := decoder.Decode(manifest, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return verdict.Unknown(), nil
	}
	if err != nil && (versioned == nil || !runtime.IsStrictDecodingError(err)) {
		return verdict.Undecodable(err), nil
	}
	strict := err
	Scheme.Default(versioned)
	internal, err := Scheme.ConvertToVersion(versioned, schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal})
	if err != nil {
		return verdict.Undecodable(err), versioned
	}
	served, found := kinds[reflect.TypeOf(internal)]
	if !found {
		return verdict.Unknown(), versioned
	}
	if strict != nil {
		return verdict.Undecodable(strict), versioned
	}
	return verdict.Of(beforeCreate(served, internal)), versioned
}

func beforeCreate(served kind, object runtime.Object) field.ErrorList {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return field.ErrorList{field.Invalid(field.NewPath("metadata"), nil, err.Error())}
	}
	if errs := metadata.Prepare(accessor, served.namespaced); len(errs) > 0 {
		return errs
	}
	if errs := served.create(object); len(errs) > 0 {
		return errs
	}
	return genericvalidation.ValidateObjectMetaAccessor(accessor, served.namespaced, path.ValidatePathSegmentName, field.NewPath("metadata"))
}
