package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/apis/core"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
)

// What kube-apiserver takes for --service-node-port-range unless it is told otherwise.
const firstNodePort, lastNodePort = 30000, 32767

// validateService does what the registry does before it validates: it fills in IP families and takes node ports. Which
// families and addresses a cluster has is not known here; each is taken to be there.
func validateService(service *core.Service) field.ErrorList {
	spec := &service.Spec
	if spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	if spec.Type != core.ServiceTypeExternalName {
		setFamilyPolicy(spec)
		if errs := corevalidation.ValidateServiceClusterIPsRelatedFields(service, nil); len(errs) > 0 {
			return errs
		}
		if errs := validateSingleStack(spec); len(errs) > 0 {
			return errs
		}
	}
	if spec.Type == core.ServiceTypeNodePort || spec.Type == core.ServiceTypeLoadBalancer {
		if errs := validateNodePorts(spec.Ports); len(errs) > 0 {
			return errs
		}
	}
	return corevalidation.ValidateServiceCreate(service)
}

func setFamilyPolicy(spec *core.ServiceSpec) {
	if spec.IPFamilyPolicy != nil {
		return
	}
	policy := core.IPFamilyPolicySingleStack
	if spec.ClusterIP == core.ClusterIPNone && len(spec.Selector) == 0 {
		policy = core.IPFamilyPolicyRequireDualStack
	}
	spec.IPFamilyPolicy = &policy
}

func validateSingleStack(spec *core.ServiceSpec) field.ErrorList {
	if *spec.IPFamilyPolicy != core.IPFamilyPolicySingleStack {
		return nil
	}
	errs := field.ErrorList{}
	path := field.NewPath("spec", "ipFamilyPolicy")
	const must = "must be 'RequireDualStack' or 'PreferDualStack' when multiple %s are specified"
	if len(spec.ClusterIPs) == 2 {
		errs = append(errs, field.Invalid(path, spec.IPFamilyPolicy, fmt.Sprintf(must, "cluster IPs")))
	}
	if len(spec.IPFamilies) == 2 {
		errs = append(errs, field.Invalid(path, spec.IPFamilyPolicy, fmt.Sprintf(must, "IP families")))
	}
	return errs
}

func validateNodePorts(ports []core.ServicePort) field.ErrorList {
	for i, port := range ports {
		if port.NodePort != 0 && (port.NodePort < firstNodePort || port.NodePort > lastNodePort) {
			path := field.NewPath("spec", "ports").Index(i).Child("nodePort")
			message := fmt.Sprintf("provided port is not in the valid range. The range of valid ports is %d-%d", firstNodePort, lastNodePort)
			return field.ErrorList{field.Invalid(path, port.NodePort, message)}
		}
	}
	return nil
}
