package main

import (
	"encoding/json"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"kubeconform-wasm/apiserver/registry"
	"kubeconform-wasm/apiserver/verdict"
)

var evaluator = newEvaluator()

func newEvaluator() policy.Evaluator {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	return evaluator
}

// judgePods judges what an object's pods are made from; object is nil for a kind that is not built in.
func judgePods(result *verdict.Verdict, object runtime.Object, manifest []byte, namespaces map[string]map[string]string) {
	pods := podsOf(object, manifest)
	if pods == nil {
		return
	}
	result.PodSecurity = violations(pods.template, namespaces[pods.namespace])
	if result.Status == verdict.StatusUnknown {
		result.Pods = verdict.Causes(validateTemplate(pods))
	}
}

// violations says what pods violate of the level that their namespace enforces, as the API server does; "" if nothing.
func violations(template *corev1.PodTemplateSpec, labels map[string]string) string {
	privileged := api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}
	levels, errs := api.PolicyToEvaluate(labels, api.Policy{Enforce: privileged, Audit: privileged, Warn: privileged})
	if len(errs) > 0 {
		return errs.ToAggregate().Error()
	}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(levels.Enforce, &template.ObjectMeta, &template.Spec))
	if result.Allowed {
		return ""
	}
	return fmt.Sprintf("violates PodSecurity %q: %s", levels.Enforce.String(), result.ForbiddenDetail())
}

// validateTemplate validates a template as that of a ReplicaSet, which the controllers of such kinds make, or would accept.
func validateTemplate(pods *pods) field.ErrorList {
	internal := &core.PodTemplateSpec{}
	path := field.NewPath("spec", "template")
	if err := registry.Scheme.Convert(pods.template, internal, nil); err != nil {
		return field.ErrorList{field.Invalid(path, nil, err.Error())}
	}
	selector, err := metav1.LabelSelectorAsSelector(pods.selector)
	if err != nil {
		return field.ErrorList{field.Invalid(field.NewPath("spec", "selector"), pods.selector, err.Error())}
	}
	return appsvalidation.ValidatePodTemplateSpecForReplicaSet(internal, selector, 0, path, templateOptions(internal))
}

// pods is what an object's pods are made from, with its defaults.
type pods struct {
	namespace string
	selector  *metav1.LabelSelector
	template  *corev1.PodTemplateSpec
}

// workload has a selector and a pod template where a Deployment has them, as custom kinds do that take its place.
type workload struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		Selector *metav1.LabelSelector   `json:"selector"`
		Template *corev1.PodTemplateSpec `json:"template"`
	} `json:"spec"`
}

// podsOf returns nil for an object that makes no pods.
func podsOf(object runtime.Object, manifest []byte) *pods {
	switch o := object.(type) {
	case *corev1.Pod:
		return &pods{namespaceOf(o.ObjectMeta), nil, &corev1.PodTemplateSpec{ObjectMeta: o.ObjectMeta, Spec: o.Spec}}
	case *corev1.PodTemplate:
		return &pods{namespaceOf(o.ObjectMeta), nil, &o.Template}
	case *batchv1.Job:
		return &pods{namespaceOf(o.ObjectMeta), nil, &o.Spec.Template}
	case *batchv1.CronJob:
		return &pods{namespaceOf(o.ObjectMeta), nil, &o.Spec.JobTemplate.Spec.Template}
	}
	var custom workload
	if json.Unmarshal(manifest, &custom) != nil || custom.Spec.Selector == nil || custom.Spec.Template == nil {
		return nil
	}
	defaulted := corev1.PodTemplate{Template: *custom.Spec.Template}
	registry.Scheme.Default(&defaulted)
	return &pods{namespaceOf(custom.Metadata), custom.Spec.Selector, &defaulted.Template}
}

func namespaceOf(metadata metav1.ObjectMeta) string {
	if metadata.Namespace == "" {
		return metav1.NamespaceDefault
	}
	return metadata.Namespace
}
