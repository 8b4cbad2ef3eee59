package main

import (
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	synccommon "github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/syncwaves"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// result is what the program prints.
type result struct {
	Phase   synccommon.OperationPhase `json:"phase"`
	Message string                    `json:"message"`
	// Stalled says that the operation still runs, and that nothing in the cluster changes any more.
	Stalled bool `json:"stalled"`
	// WaitingFor lists, for a stalled operation, the objects that were applied and are not healthy.
	WaitingFor []object `json:"waitingFor"`
	// Conditions are those of the Application: errors of loading and comparing, warnings.
	Conditions []string `json:"conditions"`
	// SyncStatus and Health are the Application's after the operation, OutOfSync the objects that differ then.
	SyncStatus v1alpha1.SyncStatusCode `json:"syncStatus"`
	OutOfSync  []string                `json:"outOfSync"`
	Health     health.HealthStatusCode `json:"health"`
	Waves      []wave                  `json:"waves"`
}

type wave struct {
	Wave    int      `json:"wave"`
	Objects []object `json:"objects"`
}

// object is one object of the operation: what the sync did with it, and how healthy it is now.
type object struct {
	Group         string                    `json:"group"`
	Kind          string                    `json:"kind"`
	Namespace     string                    `json:"namespace,omitempty"`
	Name          string                    `json:"name"`
	Status        synccommon.ResultCode     `json:"status"`
	HookPhase     synccommon.OperationPhase `json:"hookPhase,omitempty"`
	Message       string                    `json:"message,omitempty"`
	Health        health.HealthStatusCode   `json:"health,omitempty"`
	HealthMessage string                    `json:"healthMessage,omitempty"`
}

// refresh compares the Application with the cluster as the controller does after an operation.
func (s *syncer) refresh(res *result) error {
	compared, err := s.manager.CompareAppState(s.app, s.project, []string{""}, []v1alpha1.ApplicationSource{s.app.Spec.GetSource()}, true, true, nil, false)
	if err != nil {
		return err
	}
	res.SyncStatus, res.Health, res.OutOfSync = compared.GetSyncStatus().Status, compared.GetHealthStatus(), []string{}
	// The controller writes this field to the Application's status; it has no accessor.
	resources := reflect.ValueOf(compared).Elem().FieldByName("resources")
	for i := range resources.Len() {
		field := func(name string) string { return resources.Index(i).FieldByName(name).String() }
		if field("Status") == string(v1alpha1.SyncStatusCodeOutOfSync) {
			res.OutOfSync = append(res.OutOfSync, strings.TrimSpace(field("Kind")+" "+field("Namespace")+" "+field("Name")))
		}
	}
	return nil
}

// settle refreshes until the Application is synced and healthy, or nothing changes any more.
func (s *syncer) settle(res *result, watch *stallWatch) error {
	for {
		if err := s.refresh(res); err != nil {
			return err
		}
		if res.SyncStatus == v1alpha1.SyncStatusCodeSynced && res.Health == health.HealthStatusHealthy {
			return nil
		}
		if stalled, err := watch.stalled(string(res.SyncStatus)); stalled || err != nil {
			return err
		}
		time.Sleep(pollInterval)
	}
}

func (s *syncer) report(state *v1alpha1.OperationState, stalled bool, watch *stallWatch) (*result, error) {
	res := &result{
		Phase: state.Phase, Message: state.Message, Stalled: stalled, WaitingFor: []object{}, Conditions: []string{}, Waves: []wave{},
	}
	check := s.refresh
	if state.Phase.Successful() {
		check = func(res *result) error { return s.settle(res, watch) }
	}
	if err := check(res); err != nil {
		return nil, err
	}
	for _, condition := range s.app.Status.Conditions {
		res.Conditions = append(res.Conditions, string(condition.Type)+": "+condition.Message)
	}
	judge, err := s.judge()
	if err != nil {
		return nil, err
	}
	waves := map[int][]object{}
	for _, applied := range state.SyncResult.Resources {
		key := kube.NewResourceKey(applied.Group, applied.Kind, applied.Namespace, applied.Name)
		number, status := judge(key)
		one := object{
			Group: applied.Group, Kind: applied.Kind, Namespace: applied.Namespace, Name: applied.Name,
			Status: applied.Status, HookPhase: applied.HookPhase, Message: applied.Message,
		}
		if status != nil {
			one.Health, one.HealthMessage = status.Status, status.Message
		}
		waves[number] = append(waves[number], one)
		if stalled && status != nil && status.Status != health.HealthStatusHealthy {
			res.WaitingFor = append(res.WaitingFor, one)
		}
	}
	for number, objects := range waves {
		res.Waves = append(res.Waves, wave{number, objects})
	}
	sort.Slice(res.Waves, func(i, j int) bool { return res.Waves[i].Wave < res.Waves[j].Wave })
	return res, nil
}

// judge returns a function that finds an object's wave and its health by the scripts that the sync used.
func (s *syncer) judge() (func(kube.ResourceKey) (int, *health.HealthStatus), error) {
	overrides, err := s.settings.GetResourceOverrides()
	if err != nil {
		return nil, err
	}
	targets := map[kube.ResourceKey]*unstructured.Unstructured{}
	for _, target := range s.repo.objects {
		targets[kube.GetResourceKey(target)] = target
	}
	live, err := s.live.GetManagedLiveObjs(s.cluster, s.app, s.repo.objects)
	if err != nil {
		return nil, err
	}
	return func(key kube.ResourceKey) (int, *health.HealthStatus) {
		number := 0
		if target := targets[key]; target != nil {
			number = syncwaves.Wave(target)
		}
		if live[key] == nil {
			return number, nil
		}
		status, err := health.GetResourceHealth(live[key], lua.ResourceHealthOverrides(overrides))
		if err != nil {
			status = &health.HealthStatus{Status: health.HealthStatusUnknown, Message: err.Error()}
		}
		return number, status
	}, nil
}
