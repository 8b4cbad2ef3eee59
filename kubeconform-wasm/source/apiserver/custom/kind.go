package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	genericvalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	kjson "sigs.k8s.io/json"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"

	"kubeconform-wasm/apiserver/metadata"
	"kubeconform-wasm/apiserver/verdict"
)

// customKind is a served version of a custom kind.
type customKind struct {
	definition *apiextensions.CustomResourceDefinition
	version    string
	compiled   *compiled
}

// compiled is what the API server makes of a definition.
type compiled struct {
	structural   *structuralschema.Structural
	schema       schemavalidation.SchemaValidator
	rules        *cel.Validator
	subresources *apiextensions.CustomResourceSubresources
}

func (k *customKind) compile() (*compiled, error) {
	if k.compiled != nil {
		return k.compiled, nil
	}
	validation, err := apiextensions.GetSchemaForVersion(k.definition, k.version)
	if err != nil {
		return nil, err
	}
	structural, err := structuralschema.NewStructural(validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	schema, _, err := schemavalidation.NewSchemaValidator(validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	subresources, err := apiextensions.GetSubresourcesForVersion(k.definition, k.version)
	if err != nil {
		return nil, err
	}
	k.compiled = &compiled{
		structural:   structural,
		schema:       schema,
		rules:        cel.NewValidator(structural, true, celconfig.PerCallLimit),
		subresources: subresources,
	}
	return k.compiled, nil
}

// create judges a manifest. An error is about the definition.
func (k *customKind) create(manifest []byte) (verdict.Verdict, error) {
	of, err := k.compile()
	if err != nil {
		return verdict.Verdict{}, fmt.Errorf("%s: %w", k.definition.Name, err)
	}
	object, err := of.decode(manifest)
	if err != nil {
		return verdict.Undecodable(err), nil
	}
	return verdict.Of(of.validate(object, k.definition.Spec.Scope == apiextensions.NamespaceScoped)), nil
}

// decode is the API server's decoder of custom objects: strict, pruned, with defaults.
func (c *compiled) decode(manifest []byte) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	strict, err := kjson.UnmarshalStrict(manifest, &object.Object)
	if err != nil {
		return nil, err
	}
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(object.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, err
	}
	unknown = append(unknown, pruning.PruneWithOptions(object.Object, c.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, c.structural)
	fault, embedded := objectmeta.CoerceWithOptions(nil, object.Object, c.structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if fault != nil {
		return nil, fault
	}
	for _, path := range append(unknown, embedded...) {
		strict = append(strict, fmt.Errorf("unknown field %q", path))
	}
	if found {
		if err := objectmeta.SetObjectMeta(object.Object, meta); err != nil {
			return nil, err
		}
	}
	if len(strict) > 0 {
		return nil, runtime.NewStrictDecodingError(strict)
	}
	defaulting.Default(object.Object, c.structural)
	return object, nil
}

func (c *compiled) validate(object *unstructured.Unstructured, namespaced bool) field.ErrorList {
	if errs := metadata.Prepare(object, namespaced); len(errs) > 0 {
		return errs
	}
	if c.subresources != nil && c.subresources.Status != nil {
		delete(object.Object, "status")
	}
	errs := genericvalidation.ValidateObjectMetaAccessor(object, namespaced, genericvalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	errs = append(errs, schemavalidation.ValidateCustomResource(nil, object.Object, c.schema)...)
	if c.subresources != nil && c.subresources.Scale != nil {
		errs = append(errs, validateReplicas(object, c.subresources.Scale.SpecReplicasPath)...)
	}
	errs = append(errs, objectmeta.Validate(nil, object.Object, c.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, c.structural, object.Object)...)
	if c.rules == nil {
		return errs
	}
	if blocksRules(errs) {
		return append(errs, field.Invalid(nil, nil, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"))
	}
	broken, _ := c.rules.Validate(context.Background(), nil, c.structural, object.Object, nil, celconfig.RuntimeCELCostBudget)
	return append(errs, broken...)
}

// blocksRules: the API server evaluates no rule on an object that lacks what a rule may read.
func blocksRules(errs field.ErrorList) bool {
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return true
		}
	}
	return false
}

// validateReplicas: what a scale subresource reads must be a number of replicas.
func validateReplicas(object *unstructured.Unstructured, jsonPath string) field.ErrorList {
	replicas, _, err := unstructured.NestedInt64(object.Object, strings.Split(strings.TrimPrefix(jsonPath, "."), ".")...)
	path := field.NewPath(jsonPath)
	switch {
	case err != nil:
		return field.ErrorList{field.Invalid(path, replicas, err.Error())}
	case replicas < 0:
		return field.ErrorList{field.Invalid(path, replicas, "should be a non-negative integer")}
	case replicas > math.MaxInt32:
		return field.ErrorList{field.Invalid(path, replicas, fmt.Sprintf("should be less than or equal to %v", math.MaxInt32))}
	}
	return nil
}
