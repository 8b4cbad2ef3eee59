// Command argo-sync runs one sync of an Argo CD Application, with the code of Argo CD's application controller, and prints
// what became of it as JSON. The Application, its AppProject and argocd-cm are read from the cluster. The manifests are read
// from a folder instead of a repository.
//
// It ends when its standard input does, so that it never outlives the test that started it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	engineio "github.com/argoproj/argo-cd/gitops-engine/pkg/utils/io"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	log "github.com/sirupsen/logrus"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "the cluster's kubeconfig `file`")
	manifests := flag.String("manifests", "", "the `folder` to read as the root of the repository")
	namespace := flag.String("namespace", "argocd", "the namespace of Argo CD")
	name := flag.String("application", "", "the `name` of the Application to sync")
	prune := flag.Bool("prune", false, "delete what is no longer in the folder")
	logLevel := flag.String("log", "error", "the `level` of Argo CD's own log, on standard error")
	flag.Parse()

	level, err := log.ParseLevel(*logLevel)
	if err != nil {
		fail(err)
	}
	log.SetLevel(level)
	go exitWithInput()
	// Its files go to $TMPDIR, which the caller removes, rather than to /dev/shm.
	engineio.TempDir = ""

	// Argo CD reaches the cluster in which it runs by this address; outside of it, it takes a kubeconfig.
	os.Setenv(v1alpha1.EnvVarFakeInClusterConfig, "true")
	os.Setenv("KUBECONFIG", *kubeconfig)
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		fail(err)
	}
	result, err := sync(context.Background(), config, request{*namespace, *name, *manifests, *prune})
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err)
	}
}

func exitWithInput() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "argo-sync:", err)
	os.Exit(1)
}
