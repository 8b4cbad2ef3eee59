package main

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
	apiregistrationvalidation "k8s.io/kube-aggregator/pkg/apis/apiregistration/validation"
	certificatesvalidation "k8s.io/kubernetes/pkg/apis/certificates/validation"
	coordinationvalidation "k8s.io/kubernetes/pkg/apis/coordination/validation"
	discoveryvalidation "k8s.io/kubernetes/pkg/apis/discovery/validation"
	"k8s.io/kubernetes/pkg/apis/flowcontrol"
	flowcontrolvalidation "k8s.io/kubernetes/pkg/apis/flowcontrol/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	nodevalidation "k8s.io/kubernetes/pkg/apis/node/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	policyvalidation "k8s.io/kubernetes/pkg/apis/policy/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
	schedulingvalidation "k8s.io/kubernetes/pkg/apis/scheduling/validation"
	"k8s.io/kubernetes/pkg/apis/storage"
	storagevalidation "k8s.io/kubernetes/pkg/apis/storage/validation"

	"kubeconform-wasm/apiserver/registry"
)

func init() {
	registry.ClusterWide(apiregistrationvalidation.ValidateAPIService)

	registry.Namespaced(coordinationvalidation.ValidateLease)
	registry.Namespaced(discoveryvalidation.ValidateEndpointSliceCreate)
	registry.Namespaced(networkingvalidation.ValidateIngressCreate)
	registry.Namespaced(func(o *networking.NetworkPolicy) field.ErrorList {
		return networkingvalidation.ValidateNetworkPolicy(o, networkingvalidation.ValidationOptionsForNetworking(o, nil))
	})
	registry.ClusterWide(networkingvalidation.ValidateIngressClass)
	registry.ClusterWide(networkingvalidation.ValidateServiceCIDR)
	registry.ClusterWide(networkingvalidation.ValidateIPAddress)
	registry.ClusterWide(nodevalidation.ValidateRuntimeClass)
	registry.Namespaced(func(o *policy.PodDisruptionBudget) field.ErrorList {
		return policyvalidation.ValidatePodDisruptionBudget(o, policyvalidation.PodDisruptionBudgetValidationOptions{})
	})

	registry.Namespaced(rbacvalidation.ValidateRole)
	registry.Namespaced(rbacvalidation.ValidateRoleBinding)
	registry.ClusterWide(func(o *rbac.ClusterRole) field.ErrorList {
		return rbacvalidation.ValidateClusterRole(o, rbacvalidation.ClusterRoleValidationOptions{})
	})
	registry.ClusterWide(rbacvalidation.ValidateClusterRoleBinding)

	registry.ClusterWide(schedulingvalidation.ValidatePriorityClass)
	registry.ClusterWide(storagevalidation.ValidateStorageClass)
	registry.ClusterWide(storagevalidation.ValidateCSIDriver)
	registry.ClusterWide(storagevalidation.ValidateVolumeAttributesClass)
	registry.ClusterWide(func(o *storage.CSINode) field.ErrorList {
		return storagevalidation.ValidateCSINode(o, storagevalidation.CSINodeValidationOptions{AllowLongNodeID: true})
	})
	registry.ClusterWide(func(o *storage.VolumeAttachment) field.ErrorList {
		return append(storagevalidation.ValidateVolumeAttachment(o), storagevalidation.ValidateVolumeAttachmentV1(o)...)
	})
	registry.Namespaced(func(o *storage.CSIStorageCapacity) field.ErrorList {
		return storagevalidation.ValidateCSIStorageCapacity(o, storagevalidation.CSIStorageCapacityValidateOptions{})
	})

	registry.ClusterWide(certificatesvalidation.ValidateCertificateSigningRequestCreate)
	registry.ClusterWide(flowcontrolvalidation.ValidateFlowSchema)
	registry.ClusterWide(func(o *flowcontrol.PriorityLevelConfiguration) field.ErrorList {
		return flowcontrolvalidation.ValidatePriorityLevelConfiguration(o, flowcontrol.SchemeGroupVersion, flowcontrolvalidation.PriorityLevelValidationOptions{})
	})
}
