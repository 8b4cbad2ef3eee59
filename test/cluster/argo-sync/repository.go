package main

import (
	"context"
	"path/filepath"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/git"
	utilio "github.com/argoproj/argo-cd/v3/util/io"
	"google.golang.org/grpc"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// repoServer answers as Argo CD's repo-server does, with its code, for a folder that is there already.
type repoServer struct {
	// What is not overridden is never called, and panics.
	apiclient.RepoServerServiceClient
	folder string
	// The objects of the last answer.
	objects []*unstructured.Unstructured
}

func (r *repoServer) NewRepoServerClient() (utilio.Closer, apiclient.RepoServerServiceClient, error) {
	return utilio.NopCloser, r, nil
}

func (r *repoServer) GenerateManifest(ctx context.Context, query *apiclient.ManifestRequest, _ ...grpc.CallOption) (*apiclient.ManifestResponse, error) {
	// As its flag --max-combined-directory-manifests-size has it.
	limit := resource.MustParse("10M")
	path := filepath.Join(r.folder, query.ApplicationSource.Path)
	paths := utilio.NewRandomizedTempPaths(r.folder)
	answer, err := repository.GenerateManifests(ctx, path, r.folder, query.Revision, query, false, git.NoopCredsStore{}, limit, paths)
	if err != nil {
		return nil, err
	}
	answer.Revision = query.Revision
	r.objects = nil
	for _, manifest := range answer.Manifests {
		object, err := v1alpha1.UnmarshalToUnstructured(manifest)
		if err != nil {
			return nil, err
		}
		r.objects = append(r.objects, object)
	}
	return answer, nil
}
