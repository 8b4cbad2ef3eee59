package main

import (
	"context"
	"fmt"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/controller"
	statecache "github.com/argoproj/argo-cd/v3/controller/cache"
	"github.com/argoproj/argo-cd/v3/controller/metrics"
	"github.com/argoproj/argo-cd/v3/controller/sharding"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	appclientset "github.com/argoproj/argo-cd/v3/pkg/client/clientset/versioned"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	cacheutil "github.com/argoproj/argo-cd/v3/util/cache"
	appstatecache "github.com/argoproj/argo-cd/v3/util/cache/appstate"
	"github.com/argoproj/argo-cd/v3/util/db"
	kubeutil "github.com/argoproj/argo-cd/v3/util/kube"
	"github.com/argoproj/argo-cd/v3/util/settings"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Time between two looks at an operation under way. Argo CD looks when an object changes.
const pollInterval = 250 * time.Millisecond

type request struct {
	namespace, application, folder string
	prune                          bool
}

// syncer has the parts of Argo CD's application controller that a sync needs.
type syncer struct {
	manager  controller.AppStateManager
	live     statecache.LiveStateCache
	settings *settings.SettingsManager
	cluster  *v1alpha1.Cluster
	repo     *repoServer
	app      *v1alpha1.Application
	project  *v1alpha1.AppProject
}

// sync runs an operation as the controller's processRequestedAppOperation does, until it is complete or stalled.
func sync(ctx context.Context, config *rest.Config, req request) (*result, error) {
	s, err := newSyncer(ctx, config, req)
	if err != nil {
		return nil, err
	}
	// Resolved by the repo-server in Argo CD; there is no commit here.
	operation := &v1alpha1.SyncOperation{Revision: "0000000000000000000000000000000000000000", Prune: req.prune}
	if policy := s.app.Spec.SyncPolicy; policy != nil {
		operation.SyncOptions = policy.SyncOptions
	}
	state := controller.NewOperationState(v1alpha1.Operation{Sync: operation})
	watch := &stallWatch{live: s.live, cluster: s.cluster}
	stalled := false
	for !stalled {
		s.manager.SyncAppState(s.app, s.project, state)
		if state.Phase.Completed() {
			break
		}
		if stalled, err = watch.stalled(state.Message); err != nil {
			return nil, err
		}
		time.Sleep(pollInterval)
	}
	return s.report(state, stalled, watch)
}

func newSyncer(ctx context.Context, config *rest.Config, req request) (*syncer, error) {
	kubeClient, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	appClient, err := appclientset.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	app, err := appClient.ArgoprojV1alpha1().Applications(req.namespace).Get(ctx, req.application, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	project, err := appClient.ArgoprojV1alpha1().AppProjects(req.namespace).Get(ctx, app.Spec.Project, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}

	settingsManager := settings.NewSettingsManager(ctx, kubeClient, req.namespace)
	database := db.NewDB(req.namespace, settingsManager, kubeClient)
	cluster, err := argo.GetDestinationCluster(ctx, app.Spec.Destination, database)
	if err != nil {
		return nil, fmt.Errorf("destination of Application %s: %w", req.application, err)
	}
	metricsServer, err := metrics.NewMetricsServer("", nil, nil, nil, nil, nil, database)
	if err != nil {
		return nil, err
	}
	tracking := argo.NewResourceTracking()
	live := statecache.NewLiveStateCache(database, nil, settingsManager, metricsServer,
		func(map[string]bool, corev1.ObjectReference) {},
		sharding.NewClusterSharding(database, 0, 1, common.DefaultShardingAlgorithm), tracking)
	if err := live.Init(); err != nil {
		return nil, err
	}
	// The one parameter of the controller that changes what a sync does.
	params, err := kubeClient.CoreV1().ConfigMaps(req.namespace).Get(ctx, "argocd-cmd-params-cm", metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	serverSideDiff := params.Data["controller.diff.server.side"] == "true"
	repo := &repoServer{folder: req.folder}
	manager := controller.NewAppStateManager(database, appClient, repo, req.namespace, kubeutil.NewKubectl(),
		func(string) (kube.CleanupFunc, error) { return func() {}, nil },
		settingsManager, live, metricsServer,
		appstatecache.NewCache(cacheutil.NewCache(cacheutil.NewInMemoryCache(time.Hour)), time.Minute),
		time.Minute, tracking, false, 0, serverSideDiff, normalizers.IgnoreNormalizerOpts{})
	return &syncer{manager, live, settingsManager, cluster, repo, app, project}, nil
}
