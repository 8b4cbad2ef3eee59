package main

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/persistentvolume"
	"k8s.io/kubernetes/pkg/api/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/apis/core"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	volumevalidation "k8s.io/kubernetes/pkg/volume/validation"
	"k8s.io/pod-security-admission/api"

	"kubeconform-wasm/apiserver/registry"
)

func init() {
	registry.Namespaced(corevalidation.ValidateConfigMap)
	registry.Namespaced(corevalidation.ValidateSecret)
	registry.Namespaced(corevalidation.ValidateServiceAccount)
	registry.Namespaced(corevalidation.ValidateLimitRange)
	registry.Namespaced(corevalidation.ValidateResourceQuota)
	registry.Namespaced(corevalidation.ValidateEndpointsCreate)
	registry.Namespaced(validateService)
	registry.Namespaced(func(o *core.PersistentVolumeClaim) field.ErrorList {
		persistentvolumeclaim.DropDisabledFields(&o.Spec, nil)
		persistentvolumeclaim.EnforceDataSourceBackwardsCompatibility(&o.Spec, nil)
		persistentvolumeclaim.NormalizeDataSources(&o.Spec)
		return corevalidation.ValidatePersistentVolumeClaim(o, corevalidation.ValidationOptionsForPersistentVolumeClaim(o, nil))
	})
	registry.ClusterWide(func(o *core.PersistentVolume) field.ErrorList {
		persistentvolume.DropDisabledSpecFields(&o.Spec, nil)
		errs := corevalidation.ValidatePersistentVolume(o, corevalidation.ValidationOptionsForPersistentVolume(o, nil))
		return append(errs, volumevalidation.ValidatePersistentVolume(o)...)
	})
	registry.ClusterWide(func(o *core.Namespace) field.ErrorList {
		if errs := corevalidation.ValidateNamespace(o); len(errs) > 0 {
			return errs
		}
		// What the admission plug-in PodSecurity refuses.
		_, errs := api.PolicyToEvaluate(o.Labels, api.Policy{})
		return errs
	})
	registry.ClusterWide(corevalidation.ValidateNode)
}
