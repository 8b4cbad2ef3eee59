package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	autoscalingvalidation "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"

	"kubeconform-wasm/apiserver/registry"
)

func init() {
	registry.Namespaced(func(o *core.Pod) field.ErrorList {
		pod.DropDisabledPodFields(o, nil)
		options := pod.GetValidationOptionsFromPodSpecAndMeta(&o.Spec, nil, &o.ObjectMeta, nil)
		options.ResourceIsPod = true
		return corevalidation.ValidatePodCreate(o, options)
	})
	registry.Namespaced(func(o *core.PodTemplate) field.ErrorList {
		return corevalidation.ValidatePodTemplate(o, templateOptions(&o.Template))
	})
	registry.Namespaced(func(o *core.ReplicationController) field.ErrorList {
		return corevalidation.ValidateReplicationController(o, templateOptions(o.Spec.Template))
	})
	registry.Namespaced(func(o *apps.Deployment) field.ErrorList {
		return appsvalidation.ValidateDeployment(o, templateOptions(&o.Spec.Template))
	})
	registry.Namespaced(func(o *apps.ReplicaSet) field.ErrorList {
		return appsvalidation.ValidateReplicaSet(o, templateOptions(&o.Spec.Template))
	})
	registry.Namespaced(func(o *apps.StatefulSet) field.ErrorList {
		return appsvalidation.ValidateStatefulSet(o, templateOptions(&o.Spec.Template))
	})
	registry.Namespaced(func(o *apps.DaemonSet) field.ErrorList {
		return appsvalidation.ValidateDaemonSet(o, templateOptions(&o.Spec.Template))
	})
	registry.Namespaced(appsvalidation.ValidateControllerRevisionCreate)
	registry.Namespaced(func(o *batch.Job) field.ErrorList {
		if !*o.Spec.ManualSelector {
			generateSelector(o)
		}
		options := batchvalidation.JobValidationOptions{
			PodValidationOptions:  templateOptions(&o.Spec.Template),
			RequirePrefixedLabels: true,
		}
		return batchvalidation.ValidateJob(o, options)
	})
	registry.Namespaced(func(o *batch.CronJob) field.ErrorList {
		return batchvalidation.ValidateCronJobCreate(o, templateOptions(&o.Spec.JobTemplate.Spec.Template))
	})
	registry.Namespaced(func(o *autoscaling.HorizontalPodAutoscaler) field.ErrorList {
		return autoscalingvalidation.ValidateHorizontalPodAutoscaler(o, autoscalingvalidation.HorizontalPodAutoscalerSpecValidationOptions{
			MinReplicasLowerBound: 1,
			ScaleTargetRefValidationOptions: autoscalingvalidation.CrossVersionObjectReferenceValidationOptions{
				// The only scalable kind of the core group, which has no name.
				AllowEmptyAPIGroup: o.Spec.ScaleTargetRef.Kind == "ReplicationController",
			},
			ObjectMetricsValidationOptions: autoscalingvalidation.CrossVersionObjectReferenceValidationOptions{AllowEmptyAPIGroup: true},
		})
	})
}

func templateOptions(template *core.PodTemplateSpec) corevalidation.PodValidationOptions {
	pod.DropDisabledTemplateFields(template, nil)
	return pod.GetValidationOptionsFromPodTemplate(template, nil)
}

// generateSelector sets what the Job's strategy does: labels and a selector by the Job's name and UID.
func generateSelector(job *batch.Job) {
	if job.Spec.Template.Labels == nil {
		job.Spec.Template.Labels = map[string]string{}
	}
	labels := job.Spec.Template.Labels
	setDefault(labels, batch.LegacyJobNameLabel, job.Name)
	setDefault(labels, batch.JobNameLabel, job.Name)
	setDefault(labels, batch.LegacyControllerUidLabel, string(job.UID))
	setDefault(labels, batch.ControllerUidLabel, string(job.UID))
	if job.Spec.Selector == nil {
		job.Spec.Selector = &v1.LabelSelector{}
	}
	if job.Spec.Selector.MatchLabels == nil {
		job.Spec.Selector.MatchLabels = map[string]string{}
	}
	setDefault(job.Spec.Selector.MatchLabels, batch.ControllerUidLabel, string(job.UID))
}

func setDefault(labels map[string]string, key, value string) {
	if _, found := labels[key]; !found {
		labels[key] = value
	}
}
