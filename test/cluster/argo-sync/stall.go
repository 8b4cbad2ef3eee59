package main

import (
	"hash/fnv"
	"slices"

	clustercache "github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	statecache "github.com/argoproj/argo-cd/v3/controller/cache"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

const (
	// Looks without a change after which an operation counts as stalled.
	maxQuietPolls = 60
	// The same while Kubernetes' own controllers have work: the scheduler retries a pod after up to ten seconds.
	maxQuietPollsBusy = 240
)

// stallWatch tells when a cluster has come to rest. It counts looks instead of seconds: on a busy machine each of them takes
// longer, as does everything else.
type stallWatch struct {
	live    statecache.LiveStateCache
	cluster *v1alpha1.Cluster
	last    uint64
	quiet   int
}

func (w *stallWatch) stalled(message string) (bool, error) {
	lines := []string{message}
	busy := false
	err := w.live.IterateResources(w.cluster, func(res *clustercache.Resource, info *statecache.ResourceInfo) {
		switch res.Ref.Kind {
		case "Node", "Lease", "Event":
			// They change for as long as the cluster runs.
			return
		}
		key := res.ResourceKey()
		lines = append(lines, key.String()+" "+res.ResourceVersion)
		busy = busy || (isBuiltIn(key.Group) && info.Health != nil && info.Health.Status == health.HealthStatusProgressing)
	})
	if err != nil {
		return false, err
	}
	slices.Sort(lines)
	hash := fnv.New64a()
	for _, line := range lines {
		hash.Write([]byte(line + "\n"))
	}
	if sum := hash.Sum64(); sum != w.last {
		w.last, w.quiet = sum, 0
		return false, nil
	}
	w.quiet++
	if busy {
		return w.quiet >= maxQuietPollsBusy, nil
	}
	return w.quiet >= maxQuietPolls, nil
}

func isBuiltIn(group string) bool {
	return group == "" || group == "apps" || group == "batch"
}
